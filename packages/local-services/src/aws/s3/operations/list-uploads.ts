import { demandBucket, isoTime, type S3Call, sendXml, wholeNumber } from "../call.ts";
import { OWNER } from "./buckets.ts";
import { keyEncoder } from "./list.ts";
import { type Upload, uploadKey, uploadsAfter } from "./uploads.ts";

interface Rolled {
  readonly uploads: readonly Upload[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextKey: string;
  readonly nextId: string;
}

export function listMultipartUploads(call: S3Call): void {
  demandBucket(call);
  const prefix = call.query.get("prefix") ?? "";
  const delimiter = call.query.get("delimiter") ?? "";
  const keyMarker = call.query.get("key-marker") ?? "";
  const idMarker = call.query.get("upload-id-marker") ?? "";
  const limit = wholeNumber(call, "max-uploads", { otherwise: 1000, min: 1, max: 1000 });
  const encode = keyEncoder(call);
  // With an id, after that upload of the key; without, after all uploads of the key.
  const after = uploadKey({ bucket: call.bucket, key: keyMarker, id: idMarker === "" ? "\u{10ffff}" : idMarker });
  const found = uploadsAfter(call.context.store, call.bucket, prefix, keyMarker === "" ? undefined : after);
  const fresh = found.filter(
    ({ key }) => keyMarker === "" || delimiter === "" || !key.startsWith(keyMarker) || !keyMarker.endsWith(delimiter),
  );
  const rolled = roll(fresh, prefix, delimiter, limit);
  sendXml(call, "ListMultipartUploadsResult", {
    Bucket: call.bucket,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: rolled.isTruncated ? encode(rolled.nextKey) : undefined,
    NextUploadIdMarker: rolled.isTruncated ? rolled.nextId : undefined,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxUploads: limit,
    EncodingType: call.query.get("encoding-type") ?? undefined,
    IsTruncated: rolled.isTruncated,
    Upload: rolled.uploads.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: "STANDARD",
      Initiated: isoTime(upload.startedAt),
      ChecksumAlgorithm: upload.algorithm,
      ChecksumType: upload.checksumType,
    })),
    CommonPrefixes: rolled.prefixes.map((each) => ({ Prefix: encode(each) })),
  });
}

function roll(found: readonly Upload[], prefix: string, delimiter: string, limit: number): Rolled {
  const uploads: Upload[] = [];
  const prefixes: string[] = [];
  let next = { nextKey: "", nextId: "" };
  for (const upload of found) {
    const at = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const group = at < 0 ? undefined : upload.key.slice(0, at + delimiter.length);
    if (group !== undefined && prefixes.at(-1) === group) continue;
    if (uploads.length + prefixes.length === limit) return { uploads, prefixes, isTruncated: true, ...next };
    if (group === undefined) uploads.push(upload);
    else prefixes.push(group);
    next = group === undefined ? { nextKey: upload.key, nextId: upload.id } : { nextKey: group, nextId: "" };
  }
  return { uploads, prefixes, isTruncated: false, ...next };
}
