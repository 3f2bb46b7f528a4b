import type { NewObject, StoredObject } from "../../core/types.ts";
import type { AzureRequest } from "../wire/request.ts";
import { blobFailure } from "./errors.ts";

/** Changes with every write and with nothing else; the length keeps the two counters apart. */
export const etagOf = (o: { readonly generation: number; readonly metageneration: number }): string =>
  `"0x8D${hex(o.generation, 9)}${hex(o.metageneration, 4)}"`;

const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, "0");

/** `extra` of a blob, as this protocol keeps it. */
export interface BlobExtra {
  /** Content-MD5, base64: of the whole body as it was put, or what the client said it was. */
  readonly md5?: string;
  readonly tier?: string;
  readonly copyId?: string;
  readonly copySource?: string;
  readonly copiedAt?: string;
}

export const extraOf = (object: StoredObject): BlobExtra => object.extra as BlobExtra;

const headerNames = ["cache-control", "content-encoding", "content-language", "content-disposition"] as const;

/** Content type and headers that a write sets: `x-ms-blob-*`, and for Put Blob also the plain ones. */
export function blobHeaders(request: AzureRequest, alsoPlain: boolean): Pick<NewObject, "contentType" | "headers"> {
  const read = (name: string) => request.header(`x-ms-blob-${name}`) ?? (alsoPlain ? request.header(name) : undefined);
  const set = headerNames.map((name) => [name, read(name)] as const).filter(([, value]) => (value ?? "") !== "");
  return {
    contentType: read("content-type") || "application/octet-stream",
    headers: Object.fromEntries(set) as Record<string, string>,
  };
}

/** `x-ms-meta-*`, with the case that names came in. Throws `AzureFailure` InvalidMetadata or MetadataTooLarge. */
export function metadataOf(request: AzureRequest): Readonly<Record<string, string>> {
  const raw = request.raw.rawHeaders;
  const metadata: Record<string, string> = {};
  const seen = new Set<string>();
  let size = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const header = raw[i] ?? "";
    if (!header.toLowerCase().startsWith("x-ms-meta-")) continue;
    const name = header.slice("x-ms-meta-".length);
    const value = (raw[i + 1] ?? "").trim();
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || seen.has(name.toLowerCase())) throw blobFailure("InvalidMetadata");
    seen.add(name.toLowerCase());
    size += name.length + value.length;
    metadata[name] = value;
  }
  if (size > 8192) throw blobFailure("MetadataTooLarge");
  return metadata;
}

/** Headers that tell about a blob, as Get Blob and Get Blob Properties give them. */
export function describing(object: StoredObject): Record<string, string> {
  const extra = extraOf(object);
  const meta = Object.entries(object.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value] as const);
  const copied = extra.copyId === undefined ? {} : copyHeaders(extra);
  return {
    etag: etagOf(object),
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    "content-type": object.contentType,
    ...object.headers,
    ...Object.fromEntries(meta),
    ...copied,
    "accept-ranges": "bytes",
    "x-ms-blob-type": "BlockBlob",
    "x-ms-creation-time": new Date(object.createdAt).toUTCString(),
    "x-ms-server-encrypted": "true",
  };
}

function copyHeaders(extra: BlobExtra): Record<string, string> {
  return {
    "x-ms-copy-id": extra.copyId ?? "",
    "x-ms-copy-source": extra.copySource ?? "",
    "x-ms-copy-status": "success",
    "x-ms-copy-completion-time": new Date(Number(extra.copiedAt)).toUTCString(),
  };
}

/** Headers of an answer to a write. */
export const written = (object: StoredObject): Record<string, string> => ({
  etag: etagOf(object),
  "last-modified": new Date(object.modifiedAt).toUTCString(),
  "x-ms-request-server-encrypted": "true",
});
