import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StoredObject } from "../../../core/types.ts";
import { demandBucket, header, type S3Call, sendXml, wholeNumber } from "../call.ts";
import { elementName } from "../checksums.ts";
import { etagOf, judgeRead } from "../conditions.ts";
import { S3Error } from "../errors.ts";
import { checksumHeaders, checksumsOf, objectHeaders } from "../object-headers.ts";
import { type ByteRange, contentRange, parseRange } from "../range.ts";

/** The parts of an object that was uploaded in parts, as its completion kept them. */
export interface KeptPart {
  readonly number: number;
  readonly size: number;
  readonly checksum?: string;
}

export function findObject(call: S3Call, bucket = call.bucket, key = call.key): StoredObject {
  demandBucket(call, bucket);
  const object = call.context.store.objects.head(bucket, key);
  if (object === undefined) throw new S3Error("NoSuchKey", undefined, { Key: key });
  return object;
}

function partsOf(object: StoredObject): readonly KeptPart[] {
  return JSON.parse(object.extra["parts"] ?? "[]") as KeptPart[];
}

/** GetObject and HeadObject: the same but for the bytes. */
export async function getObject(call: S3Call): Promise<void> {
  const object = findObject(call);
  if (judgeRead(call, object) === "not_modified") {
    const { etag, "last-modified": modified } = objectHeaders(call, object);
    call.response.writeHead(304, { etag, "last-modified": modified });
    call.response.end();
    return;
  }
  const parts = partsOf(object);
  const part = partRange(call, object, parts);
  const range = part ?? parseRange(header(call, "range"), object.size);
  const { from, to } = range ?? { from: 0, to: object.size };
  const body = call.request.method === "HEAD" ? undefined : call.context.store.objects.read(object, from, to);
  const wantsChecksum = header(call, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED" && range === undefined;
  call.response.writeHead(range === undefined ? 200 : 206, {
    ...objectHeaders(call, object),
    "content-length": String(to - from),
    ...(range === undefined ? {} : { "content-range": contentRange(range, object.size) }),
    ...(part === undefined || parts.length === 0 ? {} : { "x-amz-mp-parts-count": String(parts.length) }),
    ...(wantsChecksum ? checksumHeaders(object.extra) : {}),
  });
  if (body === undefined) {
    call.response.end();
    return;
  }
  // A client that goes away ends the pipeline; there is nobody left to answer.
  await pipeline(Readable.from(body, { objectMode: false }), call.response).catch(() => {});
}

function partRange(call: S3Call, object: StoredObject, parts: readonly KeptPart[]): ByteRange | undefined {
  if (!call.query.has("partNumber")) return undefined;
  const number = wholeNumber(call, "partNumber", { otherwise: 1, min: 1, max: 10_000 });
  if (parts.length === 0 && number === 1 && object.size > 0) return { from: 0, to: object.size };
  const index = parts.findIndex((each) => each.number === number);
  if (index < 0) throw new S3Error("InvalidPartNumber");
  const from = parts.slice(0, index).reduce((sum, each) => sum + each.size, 0);
  return { from, to: from + parts[index]!.size };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export function getObjectAttributes(call: S3Call): void {
  const object = findObject(call);
  const wanted = new Set((header(call, "x-amz-object-attributes") ?? "").split(",").map((each) => each.trim()));
  if (wanted.has("")) throw new S3Error("InvalidArgument", "x-amz-object-attributes must be given");
  const parts = partsOf(object);
  const sums = checksumsOf(object.extra);
  call.response.setHeader("last-modified", new Date(object.createdAt).toUTCString());
  sendXml(call, "GetObjectAttributesResponse", {
    ETag: wanted.has("ETag") ? etagOf(object) : undefined,
    Checksum:
      wanted.has("Checksum") && sums.length > 0
        ? {
            ...Object.fromEntries(sums.map(([algorithm, value]) => [elementName(algorithm), value])),
            ChecksumType: object.extra["checksumType"],
          }
        : undefined,
    ObjectParts: wanted.has("ObjectParts") && parts.length > 0 ? partsDocument(call, parts, sums[0]?.[0]) : undefined,
    StorageClass: wanted.has("StorageClass") ? "STANDARD" : undefined,
    ObjectSize: wanted.has("ObjectSize") ? object.size : undefined,
  });
}

function partsDocument(
  call: S3Call,
  parts: readonly KeptPart[],
  algorithm: Parameters<typeof elementName>[0] | undefined,
) {
  const after = Number(header(call, "x-amz-part-number-marker") ?? 0);
  const limit = Math.min(Number(header(call, "x-amz-max-parts") ?? 1000), 1000);
  const rest = parts.filter((each) => each.number > after);
  const page = rest.slice(0, limit);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? after,
    MaxParts: limit,
    IsTruncated: page.length < rest.length,
    Part: page.map(({ number, size, checksum }) => ({
      PartNumber: number,
      Size: size,
      ...(algorithm === undefined || checksum === undefined ? {} : { [elementName(algorithm)]: checksum }),
    })),
  };
}
