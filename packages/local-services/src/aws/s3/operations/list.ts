import type { ObjectListing, StoredObject } from "../../../core/types.ts";
import { encodeUri } from "../../sigv4/canonical.ts";
import type { XmlFields } from "../../xml.ts";
import { demandBucket, isoTime, type S3Call, sendXml, wholeNumber } from "../call.ts";
import { quotedEtag } from "../conditions.ts";
import { S3Error } from "../errors.ts";
import { checksumsOf } from "../object-headers.ts";
import { decodeToken, encodeToken, OWNER } from "./buckets.ts";

const MAX_KEYS = 1000;

/** Keys as the client wants them in XML: as they are, or percent-encoded (which is the only way for control characters). */
export function keyEncoder(call: S3Call): (key: string) => string {
  const encoding = call.query.get("encoding-type");
  if (encoding === null) return (key) => key;
  if (encoding !== "url") throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  return (key) => encodeUri(key).replaceAll("%2F", "/");
}

export function listObjectsV2(call: S3Call): void {
  if (call.query.get("list-type") !== "2")
    throw new S3Error("InvalidArgument", "Invalid List Type specified in Request");
  const token = call.query.get("continuation-token");
  const startAfter = call.query.get("start-after") ?? "";
  const { page, limit, fields } = listed(call, token === null ? startAfter : decodeToken(token));
  const encode = keyEncoder(call);
  const hasOwner = call.query.get("fetch-owner") === "true";
  sendXml(call, "ListBucketResult", {
    ...fields,
    StartAfter: startAfter === "" ? undefined : encode(startAfter),
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.next === undefined || limit === 0 ? undefined : encodeToken(page.next),
    KeyCount: page.objects.length + page.prefixes.length,
    Contents: page.objects.map((object) => contents(object, encode, hasOwner)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

export function listObjects(call: S3Call): void {
  const marker = call.query.get("marker") ?? "";
  const { page, limit, fields } = listed(call, marker);
  const encode = keyEncoder(call);
  const isTruncated = page.next !== undefined && limit > 0;
  sendXml(call, "ListBucketResult", {
    ...fields,
    Marker: encode(marker),
    // S3 names the next marker only where a delimiter rolls keys up; elsewhere it is the last key.
    NextMarker: isTruncated && call.query.has("delimiter") ? encode(page.next!) : undefined,
    Contents: page.objects.map((object) => contents(object, encode, true)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function listed(
  call: S3Call,
  after: string,
): { readonly page: ObjectListing; readonly limit: number; readonly fields: XmlFields } {
  demandBucket(call);
  const limit = wholeNumber(call, "max-keys", { otherwise: MAX_KEYS, min: 0, max: MAX_KEYS });
  const prefix = call.query.get("prefix") ?? "";
  const delimiter = call.query.get("delimiter") ?? "";
  const encode = keyEncoder(call);
  const page: ObjectListing =
    limit === 0
      ? { objects: [], prefixes: [] }
      : call.context.store.objects.list(call.bucket, { prefix, delimiter, limit, after });
  const fields = {
    Name: call.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: call.query.get("encoding-type") ?? undefined,
    IsTruncated: page.next !== undefined,
  };
  return { page, limit, fields };
}

function contents(object: StoredObject, encode: (key: string) => string, hasOwner: boolean): XmlFields {
  const sums = checksumsOf(object.extra);
  return {
    Key: encode(object.key),
    LastModified: isoTime(object.createdAt),
    ETag: quotedEtag(object),
    ChecksumAlgorithm: sums.map(([algorithm]) => algorithm),
    ChecksumType: sums.length === 0 ? undefined : object.extra["checksumType"],
    Size: object.size,
    Owner: hasOwner ? OWNER : undefined,
    StorageClass: "STANDARD",
  };
}
