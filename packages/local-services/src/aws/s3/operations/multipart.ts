import { createHash } from "node:crypto";
import type { StagedBody, StoredObject } from "../../../core/types.ts";
import { childText, type XmlElement } from "../../xml.ts";
import { receiveBody, receiveXml } from "../body.ts";
import { demandBucket, header, isoTime, type S3Call, sendEmpty, sendXml, wholeNumber } from "../call.ts";
import { type Algorithm, compositeChecksum, elementName, headerName, startChecksum } from "../checksums.ts";
import { demandCopySource, quotedEtag, unquote, writeCondition } from "../conditions.ts";
import { combineCrcs, isCombinable } from "../crc-combine.ts";
import { S3Error } from "../errors.ts";
import { checksumExtra, checksumsOf } from "../object-headers.ts";
import { parseRange } from "../range.ts";
import { findObject } from "./read.ts";
import { findUpload, forgetUpload, keepPart, listParts, type Part, startUpload, type Upload } from "./uploads.ts";
import { copySource } from "./write.ts";

const MAX_PARTS = 10_000;
/** Every part but the last is at least this large. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export function createMultipartUpload(call: S3Call): void {
  demandBucket(call);
  const upload = startUpload(call);
  if (upload.algorithm !== undefined) call.response.setHeader("x-amz-checksum-algorithm", upload.algorithm);
  if (upload.checksumType !== undefined) call.response.setHeader("x-amz-checksum-type", upload.checksumType);
  sendXml(call, "InitiateMultipartUploadResult", { Bucket: call.bucket, Key: call.key, UploadId: upload.id });
}

function partNumber(call: S3Call): number {
  const number = Number(call.query.get("partNumber"));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  throw new S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
}

export async function uploadPart(call: S3Call): Promise<void> {
  demandBucket(call);
  const upload = findUpload(call);
  const number = partNumber(call);
  const { staged, checksums } = await receiveBody(call, upload.algorithm === undefined ? [] : [upload.algorithm]);
  const checksum = upload.algorithm === undefined ? undefined : checksums[upload.algorithm];
  const part = keep(call, number, staged, checksum);
  const sums = Object.entries(checksums).map(([name, value]) => [headerName(name as Algorithm), value] as const);
  sendEmpty(call, 200, { etag: `"${part.etag}"`, ...Object.fromEntries(sums) });
}

export async function uploadPartCopy(call: S3Call): Promise<void> {
  demandBucket(call);
  const upload = findUpload(call);
  const number = partNumber(call);
  const from = copySource(call);
  const source = findObject(call, from.bucket, from.key);
  demandCopySource(call, source);
  const range = header(call, "x-amz-copy-source-range");
  const bytes = range === undefined ? undefined : parseRange(range, source.size);
  if (range !== undefined && bytes === undefined)
    throw new S3Error("InvalidArgument", "The x-amz-copy-source-range is not valid");
  const { objects } = call.context.store;
  const sum = upload.algorithm === undefined ? undefined : startChecksum(upload.algorithm);
  const body = passing(objects.read(source, bytes?.from, bytes?.to), (chunk) => sum?.add(chunk));
  const staged = await objects.stage(body, { ephemeral: true });
  const part = keep(call, number, staged, sum?.end().toString("base64"));
  sendXml(call, "CopyPartResult", { LastModified: isoTime(part.uploadedAt), ETag: `"${part.etag}"` });
}

async function* passing(
  body: AsyncIterable<Uint8Array>,
  look: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    look(chunk);
    yield chunk;
  }
}

function keep(call: S3Call, number: number, staged: StagedBody, checksum: string | undefined): Part {
  const part: Part = {
    number,
    body: staged.id,
    size: staged.size,
    etag: Buffer.from(staged.md5).toString("hex"),
    uploadedAt: call.context.now(),
    ...(checksum === undefined ? {} : { checksum }),
  };
  try {
    keepPart(call, part);
  } catch (e) {
    call.context.store.objects.discard([staged.id]);
    throw e;
  }
  return part;
}

export async function completeMultipartUpload(call: S3Call): Promise<void> {
  demandBucket(call);
  const document = await receiveXml(call, "CompleteMultipartUpload");
  const id = call.query.get("uploadId")!;
  const { store } = call.context;
  const done = store.objects.head(call.bucket, call.key);
  // A client that did not get the answer asks again.
  if (done?.extra["upload"] === id) return answer(call, done);
  const upload = findUpload(call);
  const when = writeCondition(call);
  const parts = chosenParts(document, upload, listParts(store, upload));
  const bodies = parts.map((part) => store.objects.staged(part.body)!);
  const whole = await store.objects.join(bodies, { ephemeral: true });
  try {
    const object = store.records.transaction(() => {
      findUpload(call); // aborted or completed by another request meanwhile
      const extra = { ...upload.meta.extra, ...extraOf(call, upload, parts) };
      const made = store.objects.commit(call.bucket, call.key, whole, { ...upload.meta, extra }, when);
      forgetUpload(store, upload);
      return made;
    });
    answer(call, object);
  } catch (e) {
    store.objects.discard([whole.id]);
    throw e;
  }
}

/** The parts that the client names, checked against those that were uploaded. */
function chosenParts(document: XmlElement, upload: Upload, uploaded: readonly Part[]): Part[] {
  const named = document.children["Part"] ?? [];
  if (named.length === 0) throw new S3Error("MalformedXML");
  let last = 0;
  const chosen = named.map((each) => {
    const number = Number(childText(each, "PartNumber"));
    const part = uploaded.find((one) => one.number === number);
    const checksum = upload.algorithm === undefined ? undefined : childText(each, elementName(upload.algorithm));
    const isOther =
      unquote(childText(each, "ETag") ?? "") !== part?.etag || (checksum !== undefined && checksum !== part.checksum);
    if (part === undefined || isOther) throw new S3Error("InvalidPart", undefined, { PartNumber: String(number) });
    if (number <= last) throw new S3Error("InvalidPartOrder");
    last = number;
    return part;
  });
  const small = chosen.slice(0, -1).find((part) => part.size < MIN_PART_BYTES);
  if (small === undefined) return chosen;
  throw new S3Error("EntityTooSmall", undefined, {
    PartNumber: String(small.number),
    ProposedSize: String(small.size),
    MinSizeAllowed: String(MIN_PART_BYTES),
  });
}

function extraOf(call: S3Call, upload: Upload, parts: readonly Part[]): Record<string, string> {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part.etag, "hex");
  const kept = parts.map(({ number, size, checksum }) => ({
    number,
    size,
    ...(checksum === undefined ? {} : { checksum }),
  }));
  return {
    etag: `${hash.digest("hex")}-${parts.length}`,
    parts: JSON.stringify(kept),
    upload: upload.id,
    ...wholeChecksum(call, upload, parts),
  };
}

function wholeChecksum(call: S3Call, upload: Upload, parts: readonly Part[]): Record<string, string> {
  const { algorithm, checksumType } = upload;
  if (algorithm === undefined || checksumType === undefined) return {};
  const pieces = parts.map((part) => ({ checksum: part.checksum!, size: part.size }));
  const value =
    checksumType === "FULL_OBJECT" && isCombinable(algorithm)
      ? combineCrcs(algorithm, pieces)
      : compositeChecksum(
          algorithm,
          pieces.map((piece) => piece.checksum),
        );
  const given = call.request.headers[headerName(algorithm)];
  if (given !== undefined && given !== value) {
    throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return checksumExtra({ [algorithm]: value }, checksumType);
}

function answer(call: S3Call, object: StoredObject): void {
  sendXml(call, "CompleteMultipartUploadResult", {
    Location: `https://${call.request.headers.host ?? ""}/${call.bucket}/${encodeURI(call.key)}`,
    Bucket: call.bucket,
    Key: call.key,
    ETag: quotedEtag(object),
    ...Object.fromEntries(checksumsOf(object.extra).map(([name, value]) => [elementName(name), value])),
    ChecksumType: object.extra["checksumType"],
  });
}

export function abortMultipartUpload(call: S3Call): void {
  demandBucket(call);
  forgetUpload(call.context.store, findUpload(call));
  sendEmpty(call, 204);
}

export function listPartsOf(call: S3Call): void {
  demandBucket(call);
  const upload = findUpload(call);
  const after = wholeNumber(call, "part-number-marker", { otherwise: 0, min: 0, max: MAX_PARTS });
  const limit = wholeNumber(call, "max-parts", { otherwise: 1000, min: 0, max: 1000 });
  const found = listParts(call.context.store, upload, after, limit + 1);
  const page = found.slice(0, limit);
  sendXml(call, "ListPartsResult", {
    Bucket: call.bucket,
    Key: call.key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: page.length < found.length,
    StorageClass: "STANDARD",
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.checksumType,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: isoTime(part.uploadedAt),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...(upload.algorithm === undefined ? {} : { [elementName(upload.algorithm)]: part.checksum }),
    })),
  });
}
