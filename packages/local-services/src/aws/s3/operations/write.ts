import { decodeUri } from "../../sigv4/canonical.ts";
import { childText } from "../../xml.ts";
import { receiveBody, receiveXml } from "../body.ts";
import { demandBucket, header, isoTime, type S3Call, sendEmpty, sendXml } from "../call.ts";
import { elementName } from "../checksums.ts";
import { demandCopySource, demandMatch, quotedEtag, writeCondition } from "../conditions.ts";
import { S3Error } from "../errors.ts";
import { checksumExtra, checksumHeaders, checksumsOf, describeFrom } from "../object-headers.ts";
import { parseTagHeader } from "../tags.ts";
import { findObject } from "./read.ts";

const MAX_DELETES = 1000;
/** Names of `extra` that belong to the bytes, not to what a client says about them: they go with a copy. */
const OF_BYTES = (name: string) => name.startsWith("checksum") || name === "tags";

export async function putObject(call: S3Call): Promise<void> {
  demandBucket(call);
  const when = writeCondition(call);
  const meta = describeFrom(call);
  const { staged, checksums } = await receiveBody(call);
  const { objects } = call.context.store;
  const extra = { ...meta.extra, ...checksumExtra(checksums, "FULL_OBJECT") };
  try {
    demandBucket(call); // it may have gone while the body came in
    const object = objects.commit(call.bucket, call.key, staged, { ...meta, extra }, when);
    sendEmpty(call, 200, { etag: quotedEtag(object), ...checksumHeaders(extra) });
  } catch (e) {
    objects.discard([staged.id]);
    throw e;
  }
}

/** The bucket and key of x-amz-copy-source: "/bucket/key", percent-encoded, maybe with "?versionId=null". */
export function copySource(call: S3Call): { readonly bucket: string; readonly key: string } {
  const [path = "", version] = header(call, "x-amz-copy-source")!.split("?");
  if (version !== undefined && version !== "versionId=null")
    throw new S3Error("NotImplemented", undefined, { Query: version });
  const found = /^\/?([^/]+)\/(.+)$/s.exec(decodeUri(path));
  if (found === null) throw new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key");
  return { bucket: found[1]!, key: found[2]! };
}

export async function copyObject(call: S3Call): Promise<void> {
  demandBucket(call);
  const from = copySource(call);
  const { objects } = call.context.store;
  const source = findObject(call, from.bucket, from.key);
  demandCopySource(call, source);
  const isReplacing = directive(call, "x-amz-metadata-directive");
  const isSame = from.bucket === call.bucket && from.key === call.key;
  if (isSame && !isReplacing) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const kept = Object.fromEntries(Object.entries(source.extra).filter(([name]) => OF_BYTES(name)));
  // A copy is one piece: a checksum of parts does not hold for it.
  const extra = kept["checksumType"] === "COMPOSITE" ? pick(kept, "tags") : kept;
  const tags = directive(call, "x-amz-tagging-directive")
    ? { tags: JSON.stringify(parseTagHeader(header(call, "x-amz-tagging") ?? "")) }
    : {};
  const about = isReplacing ? describeFrom(call) : source;
  const meta = { contentType: about.contentType, headers: about.headers, metadata: about.metadata };
  const copy = objects.clone(source, { ephemeral: true });
  try {
    const when = writeCondition(call);
    const object = objects.commit(call.bucket, call.key, copy, { ...meta, extra: { ...extra, ...tags } }, when);
    sendXml(call, "CopyObjectResult", {
      LastModified: isoTime(object.createdAt),
      ETag: quotedEtag(object),
      ...Object.fromEntries(checksumsOf(object.extra).map(([name, value]) => [elementName(name), value])),
    });
  } catch (e) {
    objects.discard([copy.id]);
    throw e;
  }
}

function pick(from: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const value = from[name];
  return value === undefined ? {} : { [name]: value };
}

function directive(call: S3Call, name: string): boolean {
  const text = header(call, name) ?? "COPY";
  if (text !== "COPY" && text !== "REPLACE") throw new S3Error("InvalidArgument", `Unknown ${name}.`);
  return text === "REPLACE";
}

export function deleteObject(call: S3Call): void {
  demandBucket(call);
  remove(call, call.key, header(call, "if-match"));
  sendEmpty(call, 204);
}

function remove(call: S3Call, key: string, match: string | undefined): void {
  call.context.store.objects.remove(call.bucket, key, (now) => {
    demandMatch(match, now);
    return true;
  });
}

export async function deleteObjects(call: S3Call): Promise<void> {
  demandBucket(call);
  const document = await receiveXml(call, "Delete");
  const isQuiet = childText(document, "Quiet") === "true";
  const wanted = document.children["Object"] ?? [];
  if (wanted.length === 0 || wanted.length > MAX_DELETES) throw new S3Error("MalformedXML");
  const deleted: { readonly Key: string }[] = [];
  const errors: { readonly Key: string; readonly Code: string; readonly Message: string }[] = [];
  for (const each of wanted) {
    const key = childText(each, "Key");
    if (key === undefined || key === "") throw new S3Error("MalformedXML");
    try {
      const version = childText(each, "VersionId") ?? "null";
      if (version !== "null") throw new S3Error("NotImplemented");
      remove(call, key, childText(each, "ETag"));
      deleted.push({ Key: key });
    } catch (e) {
      if (!(e instanceof S3Error)) throw e;
      errors.push({ Key: key, Code: e.code, Message: e.message });
    }
  }
  sendXml(call, "DeleteResult", { Deleted: isQuiet ? [] : deleted, Error: errors });
}
