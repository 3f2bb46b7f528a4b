/** The bare SDKs, over the very clients that the drivers use, called as their own documentation does. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { TableClient } from "@azure/data-tables";
import type { ContainerClient } from "@azure/storage-blob";
import type { Firestore } from "@google-cloud/firestore";
import type { Bucket } from "@google-cloud/storage";

export interface Store {
  put(key: string, bytes: Buffer): Promise<unknown>;
  /** Reads all bytes and answers how many there were. */
  get(key: string): Promise<number>;
}

async function drained(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const part of stream) size += part.length;
  return size;
}

/** `native` is the driver's own client, `place` the bucket, container, table or collection. */
export async function bareObjects(cloud: string, native: unknown, place: string): Promise<Store> {
  if (cloud === "aws") {
    const { GetObjectCommand, PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = native as S3Client;
    return {
      put: (Key, Body) => client.send(new PutObjectCommand({ Bucket: place, Key, Body })),
      async get(Key) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: place, Key }));
        return drained(Body as unknown as AsyncIterable<Uint8Array>);
      },
    };
  }
  if (cloud === "azure") {
    const container = native as ContainerClient;
    return {
      put: (key, bytes) => container.getBlockBlobClient(key).uploadData(bytes),
      async get(key) {
        const { readableStreamBody } = await container.getBlockBlobClient(key).download();
        return drained(readableStreamBody as unknown as AsyncIterable<Uint8Array>);
      },
    };
  }
  const bucket = native as Bucket;
  return {
    put: (key, bytes) => bucket.file(key).save(bytes, { resumable: false }),
    get: (key) => drained(bucket.file(key).createReadStream()),
  };
}

export async function bareKv(cloud: string, native: unknown, place: string): Promise<Store> {
  if (cloud === "aws") {
    const { GetItemCommand, PutItemCommand } = await import("@aws-sdk/client-dynamodb");
    const client = native as DynamoDBClient;
    return {
      put: (key, bytes) =>
        client.send(new PutItemCommand({ TableName: place, Item: { key: { S: key }, value: { B: bytes } } })),
      async get(key) {
        const command = new GetItemCommand({ TableName: place, Key: { key: { S: key } }, ConsistentRead: true });
        return (await client.send(command)).Item?.["value"]?.B?.length ?? 0;
      },
    };
  }
  if (cloud === "azure") {
    const client = native as TableClient;
    return {
      put: (key, bytes) => client.upsertEntity({ partitionKey: key, rowKey: "bare", value: bytes }, "Replace"),
      get: async (key) => ((await client.getEntity(key, "bare"))["value"] as Uint8Array).length,
    };
  }
  const collection = (native as Firestore).collection(place);
  return {
    put: (key, bytes) => collection.doc(key).set({ value: bytes }),
    get: async (key) => ((await collection.doc(key).get()).get("value") as Uint8Array).length,
  };
}
