import { createHmac } from "node:crypto";
import type { NewObject, Store } from "../../../core/types.ts";
import { header, type S3Call } from "../call.ts";
import { type Algorithm, type ChecksumType, isAlgorithm } from "../checksums.ts";
import { S3Error } from "../errors.ts";
import { describeFrom } from "../object-headers.ts";

/** A multipart upload that is under way, and its parts: kept as records beside the staged bodies. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly meta: NewObject;
  readonly startedAt: number;
  readonly algorithm?: Algorithm;
  readonly checksumType?: ChecksumType;
}

export interface Part {
  readonly number: number;
  /** Of the staged body. */
  readonly body: string;
  readonly size: number;
  readonly etag: string;
  readonly uploadedAt: number;
  readonly checksum?: string;
}

const UPLOADS = "s3/uploads";
const partsSpace = (id: string) => `s3/parts/${id}`;
const partKey = (number: number) => String(number).padStart(5, "0");
/** Bucket names have no slash, so all uploads of a bucket share a prefix, in order of their keys. */
export const uploadKey = ({ bucket, key, id }: Pick<Upload, "bucket" | "key" | "id">) => `${bucket}/${key}\0${id}`;

export function startUpload(call: S3Call): Upload {
  const { store, rootKey, now } = call.context;
  const algorithm = algorithmOf(call);
  const type = header(call, "x-amz-checksum-type") ?? defaultType(algorithm);
  if (type !== undefined && !isPossible(algorithm, type)) {
    throw new S3Error("InvalidRequest", `The ${type} checksum type cannot be used with this algorithm.`);
  }
  return store.records.transaction(() => {
    // The store's counter never says the same twice: an id that nobody can guess follows from it.
    const { version } = store.records.put("s3/counter", "uploads", "");
    const upload: Upload = {
      id: createHmac("sha256", rootKey).update(`s3/upload/${version}`).digest("base64url"),
      bucket: call.bucket,
      key: call.key,
      meta: describeFrom(call),
      startedAt: now(),
      ...(algorithm === undefined ? {} : { algorithm, checksumType: type as ChecksumType }),
    };
    store.records.put(UPLOADS, uploadKey(upload), JSON.stringify(upload));
    return upload;
  });
}

function algorithmOf(call: S3Call): Algorithm | undefined {
  const name = header(call, "x-amz-checksum-algorithm")?.toUpperCase();
  if (name === undefined) return undefined;
  if (!isAlgorithm(name)) throw new S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  return name;
}

function defaultType(algorithm: Algorithm | undefined): ChecksumType | undefined {
  if (algorithm === undefined) return undefined;
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

function isPossible(algorithm: Algorithm | undefined, type: string): type is ChecksumType {
  if (algorithm === undefined) return false;
  if (type === "FULL_OBJECT") return algorithm.startsWith("CRC");
  return type === "COMPOSITE" && algorithm !== "CRC64NVME";
}

export function findUpload(call: S3Call): Upload {
  const id = call.query.get("uploadId") ?? "";
  const record = call.context.store.records.get(UPLOADS, uploadKey({ bucket: call.bucket, key: call.key, id }));
  if (record === undefined) throw new S3Error("NoSuchUpload", undefined, { UploadId: id });
  return JSON.parse(Buffer.from(record.value).toString()) as Upload;
}

/** In order of bucket and key, after this record key. */
export function uploadsAfter(store: Store, bucket: string, prefix: string, after: string | undefined): Upload[] {
  const found: Upload[] = [];
  const q = { prefix: `${bucket}/${prefix}`, limit: 1000 };
  let at = after;
  for (;;) {
    const page = store.records.list(UPLOADS, { ...q, ...(at === undefined ? {} : { after: at }) });
    for (const record of page) found.push(JSON.parse(Buffer.from(record.value).toString()) as Upload);
    if (page.length < q.limit) return found;
    at = page.at(-1)!.key;
  }
}

export function listParts(store: Store, upload: Upload, after = 0, limit = 10_000): Part[] {
  return store.records
    .list(partsSpace(upload.id), { after: partKey(after), limit })
    .map((record) => JSON.parse(Buffer.from(record.value).toString()) as Part);
}

/** Keeps a part, in the place of an older one of its number. */
export function keepPart(call: S3Call, part: Part): void {
  const { records, objects } = call.context.store;
  records.transaction(() => {
    const upload = findUpload(call); // it may have gone while the body came in
    const old = records.get(partsSpace(upload.id), partKey(part.number));
    if (old !== undefined) objects.discard([(JSON.parse(Buffer.from(old.value).toString()) as Part).body]);
    objects.keep(part.body);
    records.put(partsSpace(upload.id), partKey(part.number), JSON.stringify(part));
  });
}

/** Inside the caller's transaction or alone: forgets the upload and all its parts. */
export function forgetUpload(store: Store, upload: Upload): void {
  store.records.transaction(() => {
    const parts = listParts(store, upload);
    store.objects.discard(parts.map((part) => part.body));
    for (const part of parts) store.records.remove(partsSpace(upload.id), partKey(part.number));
    store.records.remove(UPLOADS, uploadKey(upload));
  });
}
