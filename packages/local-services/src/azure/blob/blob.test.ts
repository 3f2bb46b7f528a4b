import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { BlobServiceClient, type ContainerClient, RestError, StorageSharedKeyCredential } from "@azure/storage-blob";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { azureAccountKey } from "../index.ts";
import { crc64 } from "./crc64.ts";

let cloud: TestCloud;
let service: BlobServiceClient;
let container: ContainerClient;

before(async () => {
  cloud = await startForTest({ cloud: "azure", ensure: [{ kind: "bucket", name: "documents" }] });
  service = serviceOf(cloud);
  container = service.getContainerClient("documents");
});
after(() => cloud.close());

function serviceOf({ announcement, config }: TestCloud): BlobServiceClient {
  const account = announcement.account["account"]!;
  const key = azureAccountKey(Buffer.from(config.rootKey, "hex"));
  const options = { tlsOptions: { ca: announcement.authority }, retryOptions: { maxTries: 1 } };
  const credential = new StorageSharedKeyCredential(account, key);
  return new BlobServiceClient(`${announcement.endpoints["blob"]}/${account}`, credential, options);
}

/** Runs what must fail and gives "status code". */
async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (e) {
    assert(e instanceof RestError, String(e));
    // The answer to a HEAD, and a 304, have no body to name the code.
    const details = e.details as { readonly errorCode?: string } | undefined;
    return `${e.statusCode} ${e.code ?? details?.errorCode}`;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}

describe("blobs through @azure/storage-blob", () => {
  test("a body, its headers and its metadata come back as they were put", async () => {
    const blob = container.getBlockBlobClient("röntgen/a b+c%.txt");
    const body = randomBytes(200_000);
    const put = await blob.upload(body, body.length, {
      blobHTTPHeaders: { blobContentType: "text/plain", blobCacheControl: "no-store", blobContentLanguage: "de" },
      metadata: { kind: "scan", Page: "7" },
    });
    const got = await blob.downloadToBuffer();
    assert(got.equals(body));
    const properties = await blob.getProperties();
    assert.equal(properties.etag, put.etag);
    assert.equal(properties.contentType, "text/plain");
    assert.equal(properties.cacheControl, "no-store");
    assert.equal(properties.contentLanguage, "de");
    assert.deepEqual(properties.metadata, { kind: "scan", page: "7" });
    assert.equal(properties.contentLength, body.length);
    const md5 = createHash("md5").update(body).digest("base64");
    assert.equal(Buffer.from(properties.contentMD5!).toString("base64"), md5);
  });

  test("ranges, also with a hash; past the end is 416", async () => {
    const blob = container.getBlockBlobClient("ranges");
    await blob.upload("0123456789", 10);
    const part = await blob.downloadToBuffer(3, 4);
    assert.equal(part.toString(), "3456");
    const hashed = await blob.download(2, 5, { rangeGetContentMD5: true });
    const md5 = createHash("md5").update("23456").digest("base64");
    assert.equal(Buffer.from(hashed.contentMD5!).toString("base64"), md5);
    assert.equal(hashed.contentRange, "bytes 2-6/10");
    assert.equal(await failure(blob.download(10, 1)), "416 InvalidRange");
  });

  test("conditions of writes are exact", async () => {
    const blob = container.getBlockBlobClient("conditional");
    const ifAbsent = { conditions: { ifNoneMatch: "*" } };
    assert.equal(await failure(blob.upload("x", 1, { conditions: { ifMatch: '"0x1"' } })), "412 ConditionNotMet");
    const first = await blob.upload("1", 1, ifAbsent);
    assert.equal(await failure(blob.upload("2", 1, ifAbsent)), "409 BlobAlreadyExists");
    const second = await blob.upload("1", 1, { conditions: { ifMatch: first.etag! } });
    assert.notEqual(second.etag, first.etag);
    const stale = { conditions: { ifMatch: first.etag! } };
    assert.equal(await failure(blob.upload("3", 1, stale)), "412 ConditionNotMet");
    assert.equal(await failure(blob.delete(stale)), "412 ConditionNotMet");
    assert.equal(await failure(blob.setMetadata({ a: "b" }, stale)), "412 ConditionNotMet");
    assert.equal(
      await failure(blob.download(0, 1, { conditions: { ifNoneMatch: second.etag! } })),
      "304 ConditionNotMet",
    );
    const third = await blob.setMetadata({ a: "b" }, { conditions: { ifMatch: second.etag! } });
    assert.notEqual(third.etag, second.etag);
    await blob.delete({ conditions: { ifMatch: third.etag! } });
    assert.equal(await failure(blob.delete()), "404 BlobNotFound");
    assert.equal(await failure(blob.getProperties()), "404 BlobNotFound");
  });

  test("of many writers with the same condition one wins", async () => {
    const blob = container.getBlockBlobClient("race");
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => blob.upload(String(i), 1, { conditions: { ifNoneMatch: "*" } })),
    );
    assert.equal(all.filter((one) => one.status === "fulfilled").length, 1);
  });

  test("a body that is not what its hash says is refused, and nothing of it stays", async () => {
    const blob = container.getBlockBlobClient("hashed");
    const wrong = createHash("md5").update("other").digest();
    const put = blob.upload("body", 4, { blobHTTPHeaders: { blobContentMD5: wrong } });
    assert.equal(await failure(put), "400 Md5Mismatch");
    const crc = (of: string) => {
      const sum = crc64();
      sum.add(Buffer.from(of));
      return new Uint8Array(Buffer.from(sum.value(), "base64"));
    };
    const block = Buffer.from("block").toString("base64");
    const stage = (sum: Uint8Array) => blob.stageBlock(block, "body", 4, { transactionalContentCrc64: sum });
    assert.equal(await failure(stage(crc("other"))), "400 Crc64Mismatch");
    assert.equal(await failure(blob.getBlockList("all")), "404 BlobNotFound");
    await stage(crc("body"));
    assert.equal(await blob.exists(), false);
  });

  test("lists by pages and by folders, in order, with metadata", async () => {
    const listed = service.getContainerClient("listed");
    await listed.create();
    const names = ["a/1", "a/2", "a&<b>/3", "b", "b/c/1", "z é"];
    for (const name of names)
      await listed.getBlockBlobClient(name).upload(name, Buffer.byteLength(name), { metadata: { of: "x" } });
    const flat: string[] = [];
    for await (const page of listed.listBlobsFlat({ includeMetadata: true }).byPage({ maxPageSize: 2 })) {
      assert(page.segment.blobItems.length <= 2);
      for (const item of page.segment.blobItems) {
        flat.push(item.name);
        assert.deepEqual(item.metadata, { of: "x" });
        assert.equal(item.properties.contentLength, Buffer.byteLength(item.name));
      }
    }
    assert.deepEqual(flat, [...names].sort());
    const top: string[] = [];
    for await (const page of listed.listBlobsByHierarchy("/").byPage({ maxPageSize: 1 })) {
      top.push(...(page.segment.blobPrefixes ?? []).map((p) => p.name), ...page.segment.blobItems.map((b) => b.name));
    }
    assert.deepEqual(top.sort(), ["a&<b>/", "a/", "b", "b/", "z é"]);
    const under: string[] = [];
    for await (const item of listed.listBlobsFlat({ prefix: "b/" })) under.push(item.name);
    assert.deepEqual(under, ["b/c/1"]);
    await listed.delete();
    assert.equal(await failure(listed.getProperties()), "404 ContainerNotFound");
  });

  test("blocks are put together in the order of the list, committed ones again", async () => {
    const blob = container.getBlockBlobClient("blocks");
    const id = (n: number) => Buffer.from(`block-${n}`).toString("base64");
    await blob.stageBlock(id(1), "one,", 4);
    await blob.stageBlock(id(2), "two,", 4);
    await blob.stageBlock(id(3), "three", 5);
    const before = await blob.getBlockList("all");
    assert.deepEqual(
      before.uncommittedBlocks?.map((block) => block.size),
      [4, 4, 5],
    );
    assert.equal(await blob.exists(), false);
    await blob.commitBlockList([id(2), id(1), id(3)], { blobHTTPHeaders: { blobContentType: "text/csv" } });
    assert.equal((await blob.downloadToBuffer()).toString(), "two,one,three");
    await blob.stageBlock(id(4), "four", 4);
    await blob.commitBlockList([id(1), id(3), id(4), id(2)]);
    assert.equal((await blob.downloadToBuffer()).toString(), "one,threefourtwo,");
    const after = await blob.getBlockList("all");
    assert.deepEqual(
      after.committedBlocks?.map((block) => block.name),
      [id(1), id(3), id(4), id(2)],
    );
    assert.equal(after.uncommittedBlocks?.length ?? 0, 0);
    assert.equal(await failure(blob.commitBlockList([id(9)])), "400 InvalidBlockList");
    assert.equal(
      await failure(blob.commitBlockList([id(1)], { conditions: { ifNoneMatch: "*" } })),
      "409 BlobAlreadyExists",
    );
  });

  test("a large parallel upload arrives whole", async () => {
    const blob = container.getBlockBlobClient("large");
    const body = randomBytes(9_000_000);
    await blob.uploadData(body, { blockSize: 2_000_000, maxSingleShotSize: 1_000_000, concurrency: 4 });
    assert((await blob.downloadToBuffer(0, undefined, { blockSize: 2_500_000 })).equals(body));
  });

  test("copies within the account keep content, headers and metadata", async () => {
    const from = container.getBlockBlobClient("copy/from");
    await from.upload("content", 7, { metadata: { a: "1" }, blobHTTPHeaders: { blobContentType: "text/x" } });
    const to = container.getBlockBlobClient("copy/to");
    const copied = await to.syncCopyFromURL(from.url);
    assert.equal(copied.copyStatus, "success");
    const poller = await container.getBlockBlobClient("copy/too").beginCopyFromURL(from.url);
    assert.equal((await poller.pollUntilDone()).copyStatus, "success");
    for (const blob of [to, container.getBlockBlobClient("copy/too")]) {
      const properties = await blob.getProperties();
      assert.equal((await blob.downloadToBuffer()).toString(), "content");
      assert.deepEqual(properties.metadata, { a: "1" });
      assert.equal(properties.contentType, "text/x");
    }
    const url = container.getBlockBlobClient("copy/url");
    await url.syncUploadFromURL(from.url);
    assert.equal((await url.downloadToBuffer()).toString(), "content");
    const missing = container.getBlockBlobClient("copy/none").url;
    assert.match(await failure(to.syncCopyFromURL(missing)), /^404 /);
  });

  test("properties are replaced as a whole and change the ETag", async () => {
    const blob = container.getBlockBlobClient("headers");
    const { etag } = await blob.upload("x", 1, {
      blobHTTPHeaders: { blobContentType: "a/b", blobCacheControl: "no-cache" },
    });
    await blob.setHTTPHeaders({ blobContentType: "c/d" });
    const properties = await blob.getProperties();
    assert.equal(properties.contentType, "c/d");
    assert.equal(properties.cacheControl, undefined);
    assert.notEqual(properties.etag, etag);
    await blob.setAccessTier("Cool");
    assert.equal((await blob.getProperties()).accessTier, "Cool");
  });

  test("leases keep others from writing", async () => {
    const blob = container.getBlockBlobClient("leased");
    await blob.upload("x", 1);
    const lease = blob.getBlobLeaseClient();
    const { leaseId } = await lease.acquireLease(15);
    assert.equal(await failure(blob.getBlobLeaseClient().acquireLease(15)), "409 LeaseAlreadyPresent");
    assert.equal(await failure(blob.upload("y", 1)), "412 LeaseIdMissing");
    assert.equal(await failure(blob.delete()), "412 LeaseIdMissing");
    await blob.upload("y", 1, { conditions: { leaseId: leaseId! } });
    assert.equal((await blob.getProperties()).leaseState, "leased");
    await lease.renewLease();
    await lease.releaseLease();
    assert.equal((await blob.getProperties()).leaseState, "available");
    assert.equal(await failure(lease.renewLease()), "409 LeaseIdMismatchWithLeaseOperation");
    await lease.acquireLease(-1);
    await lease.changeLease("5f8d0a3c-1f0e-4d52-9a3e-6a1f3f0c9b11");
    await lease.breakLease(0);
    assert.equal(await failure(lease.renewLease()), "409 LeaseIsBrokenAndCannotBeRenewed");
    assert.equal((await blob.getProperties()).leaseState, "broken");
    await blob.delete();
  });

  test("containers: created once, with metadata, listed by prefix and page", async () => {
    const names = ["list-1", "list-2", "list-3"];
    for (const name of names) await service.createContainer(name, { metadata: { n: name } });
    assert.equal(await failure(service.createContainer("list-1")), "409 ContainerAlreadyExists");
    assert.equal(await failure(service.createContainer("Bad_Name")), "400 InvalidResourceName");
    const found: string[] = [];
    for await (const page of service
      .listContainers({ prefix: "list-", includeMetadata: true })
      .byPage({ maxPageSize: 2 })) {
      for (const item of page.containerItems) {
        found.push(item.name);
        assert.deepEqual(item.metadata, { n: item.name });
      }
    }
    assert.deepEqual(found, names);
    const client = service.getContainerClient("list-1");
    const { etag } = await client.setMetadata({ other: "1" });
    assert.equal((await client.getProperties()).etag, etag);
    assert.deepEqual((await client.getProperties()).metadata, { other: "1" });
  });

  test("a blob of a container that is not there is ContainerNotFound", async () => {
    const blob = service.getContainerClient("nowhere").getBlockBlobClient("x");
    assert.equal(await failure(blob.upload("x", 1)), "404 ContainerNotFound");
    assert.equal(await failure(blob.download()), "404 ContainerNotFound");
  });

  test("calls that are not implemented say so", async () => {
    const blob = container.getBlockBlobClient("some");
    await blob.upload("x", 1);
    assert.equal(await failure(blob.createSnapshot()), "501 NotImplemented");
    assert.equal(await failure(blob.setTags({ a: "b" })), "501 NotImplemented");
    assert.equal(await failure(container.getAppendBlobClient("append").create()), "501 NotImplemented");
    assert.equal(await failure(container.getPageBlobClient("page").create(512)), "501 NotImplemented");
  });

  test("account information and service properties can be read", async () => {
    assert.equal((await service.getAccountInfo()).accountKind, "StorageV2");
    const properties = await service.getProperties();
    assert.equal(properties.deleteRetentionPolicy?.enabled, false);
    await service.setProperties(properties);
    const cors = [
      { allowedOrigins: "*", allowedMethods: "GET", allowedHeaders: "*", exposedHeaders: "*", maxAgeInSeconds: 1 },
    ];
    assert.equal(await failure(service.setProperties({ cors })), "501 NotImplemented");
  });
});
