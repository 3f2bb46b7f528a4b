import type { NewObject, StoredObject } from "../../core/types.ts";
import type { Checksums } from "./body.ts";
import { header, httpTime, type S3Call } from "./call.ts";
import { ALGORITHMS, type Algorithm, type ChecksumType, headerName } from "./checksums.ts";
import { quotedEtag } from "./conditions.ts";
import { S3Error } from "./errors.ts";
import { parseTagHeader } from "./tags.ts";

const SYSTEM = ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"] as const;
const META = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;
const DEFAULT_TYPE = "binary/octet-stream";

/** What a write says about the object it makes. */
export function describeFrom(call: S3Call): NewObject {
  const headers: Record<string, string> = {};
  for (const name of SYSTEM) {
    const value = name === "content-encoding" ? withoutChunked(header(call, name)) : header(call, name);
    if (value !== undefined && value !== "") headers[name] = value;
  }
  const metadata = metadataFrom(call);
  const tags = header(call, "x-amz-tagging");
  return {
    contentType: header(call, "content-type") ?? DEFAULT_TYPE,
    headers,
    metadata,
    extra: tags === undefined || tags === "" ? {} : { tags: JSON.stringify(parseTagHeader(tags)) },
  };
}

function metadataFrom(call: S3Call): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  const names = [...Object.keys(call.request.headers), ...call.query.keys()];
  for (const name of names.filter((each) => each.startsWith(META))) {
    const value = header(call, name) ?? "";
    size += Buffer.byteLength(name) - META.length + Buffer.byteLength(value);
    metadata[name.slice(META.length)] = value;
  }
  if (size > MAX_METADATA_BYTES) throw new S3Error("MetadataTooLarge");
  return metadata;
}

/** "aws-chunked" says how the request travels, not what the object is. */
function withoutChunked(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "aws-chunked")
    .join(",");
}

/** Checksums are kept beside the object under these names. */
export function checksumExtra(checksums: Checksums, type: ChecksumType): Record<string, string> {
  const entries = Object.entries(checksums).map(([algorithm, value]) => [`checksum.${algorithm}`, value] as const);
  return entries.length === 0 ? {} : { ...Object.fromEntries(entries), checksumType: type };
}

export function checksumsOf(extra: Readonly<Record<string, string>>): readonly (readonly [Algorithm, string])[] {
  return ALGORITHMS.flatMap((each) => {
    const value = extra[`checksum.${each}`];
    return value === undefined ? [] : [[each, value] as const];
  });
}

export function checksumHeaders(extra: Readonly<Record<string, string>>): Record<string, string> {
  const found = checksumsOf(extra).map(([algorithm, value]) => [headerName(algorithm), value] as const);
  const type = extra["checksumType"];
  return found.length === 0 || type === undefined ? {} : { ...Object.fromEntries(found), "x-amz-checksum-type": type };
}

const OVERRIDES = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** What GetObject and HeadObject say about an object, overrides of the query (response-...) applied. */
export function objectHeaders(call: S3Call, object: StoredObject): Record<string, string> {
  const out: Record<string, string> = {
    "accept-ranges": "bytes",
    "last-modified": httpTime(object.createdAt),
    etag: quotedEtag(object),
    "content-type": object.contentType,
    ...object.headers,
  };
  for (const [name, value] of Object.entries(object.metadata)) out[`${META}${name}`] = value;
  const tags = object.extra["tags"];
  if (tags !== undefined) out["x-amz-tagging-count"] = String(Object.keys(JSON.parse(tags) as object).length);
  for (const name of OVERRIDES) {
    const override = call.query.get(`response-${name}`);
    if (override !== null) out[name] = override;
  }
  return out;
}
