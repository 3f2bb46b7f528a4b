import type { StoredObject } from "../../core/types.ts";

const time = (ms: number) => new Date(ms).toISOString();
export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Changes with every write and every change of metadata; opaque to clients. */
export function etagOf(object: { readonly generation: number; readonly metageneration: number }): string {
  return Buffer.from([...varint(1, object.generation), ...varint(2, object.metageneration)]).toString("base64");
}

function varint(field: number, value: number): number[] {
  const bytes = [field << 3];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/** An object made of others has no MD5, as in the service itself. */
export function isComposite(object: StoredObject): boolean {
  return object.extra["componentCount"] !== undefined;
}

/** https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function objectResource(object: StoredObject, origin: string): Record<string, unknown> {
  const path = `b/${encodeURIComponent(object.bucket)}/o/${encodeURIComponent(object.key)}`;
  const components = object.extra["componentCount"];
  const resource = {
    kind: "storage#object",
    id: `${object.bucket}/${object.key}/${object.generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${object.generation}&alt=media`,
    name: object.key,
    bucket: object.bucket,
    generation: String(object.generation),
    metageneration: String(object.metageneration),
    contentType: object.contentType === "" ? undefined : object.contentType,
    storageClass: object.extra["storageClass"] ?? "STANDARD",
    size: String(object.size),
    md5Hash: isComposite(object) ? undefined : base64(object.md5),
    crc32c: base64(object.crc32c),
    etag: etagOf(object),
    cacheControl: object.headers["cache-control"],
    contentDisposition: object.headers["content-disposition"],
    contentEncoding: object.headers["content-encoding"],
    contentLanguage: object.headers["content-language"],
    customTime: object.extra["customTime"],
    componentCount: components === undefined ? undefined : Number(components),
    timeCreated: time(object.createdAt),
    timeFinalized: time(object.createdAt),
    timeStorageClassUpdated: time(object.createdAt),
    updated: time(object.modifiedAt),
    metadata: Object.keys(object.metadata).length === 0 ? undefined : object.metadata,
  };
  return Object.fromEntries(Object.entries(resource).filter(([, value]) => value !== undefined));
}
