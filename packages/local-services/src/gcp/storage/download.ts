import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { ObjectCore, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header } from "../http.ts";
import { base64, etagOf, isComposite } from "./resource.ts";

/** Sends an object's bytes, or with HEAD only what describes them. 416 for a range past the end. */
export async function sendMedia(x: Exchange, objects: ObjectCore, object: StoredObject, etag = etagOf(object)) {
  const headers = mediaHeaders(object, etag);
  if (mustUnpack(x, object)) return sendUnpacked(x, objects, object, headers);
  const range = readRange(header(x.request, "range"), object.size);
  const [from, to] = range ?? [0, object.size];
  if (range !== undefined) headers["content-range"] = `bytes ${from}-${to - 1}/${object.size}`;
  x.response.writeHead(range === undefined ? 200 : 206, { ...headers, "content-length": to - from });
  if (x.request.method === "HEAD" || to === from) return void x.response.end();
  await pipeline(Readable.from(objects.read(object, from, to)), x.response);
}

/** Packed bytes are unpacked for a client that does not say it takes gzip: https://cloud.google.com/storage/docs/transcoding */
function mustUnpack(x: Exchange, object: StoredObject): boolean {
  if (object.headers["content-encoding"] !== "gzip") return false;
  if (object.headers["cache-control"]?.includes("no-transform") === true) return false;
  return !/\bgzip\b|\*/.test(header(x.request, "accept-encoding") ?? "");
}

async function sendUnpacked(
  x: Exchange,
  objects: ObjectCore,
  object: StoredObject,
  { "content-encoding": _packed, ...headers }: Record<string, string>,
) {
  x.response.writeHead(200, { ...headers, warning: "214 UploadServer gunzipped", vary: "Accept-Encoding" });
  if (x.request.method === "HEAD") return void x.response.end();
  await pipeline(Readable.from(objects.read(object)), createGunzip(), x.response);
}

function mediaHeaders(object: StoredObject, etag: string): Record<string, string> {
  const hashes = [`crc32c=${base64(object.crc32c)}`, ...(isComposite(object) ? [] : [`md5=${base64(object.md5)}`])];
  const own = Object.entries(object.metadata).filter(([name]) => /^[\w.-]+$/.test(name));
  return {
    "content-type": object.contentType === "" ? "application/octet-stream" : object.contentType,
    "accept-ranges": "bytes",
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    "cache-control": "private, max-age=0",
    ...object.headers,
    etag,
    "x-goog-generation": String(object.generation),
    "x-goog-metageneration": String(object.metageneration),
    "x-goog-stored-content-encoding": object.headers["content-encoding"] ?? "identity",
    "x-goog-stored-content-length": String(object.size),
    "x-goog-storage-class": object.extra["storageClass"] ?? "STANDARD",
    "x-goog-hash": hashes.join(","),
    ...Object.fromEntries(own.map(([name, value]) => [`x-goog-meta-${name.toLowerCase()}`, toHeaderValue(value)])),
  };
}

/** Header values are bytes: UTF-8 goes as it is, line ends cannot. */
function toHeaderValue(value: string): string {
  return Buffer.from(value.replace(/[\r\n]+/g, " ")).toString("latin1");
}

/** First inclusive, last exclusive; undefined for the whole. A header that is no single range of bytes is ignored (RFC 9110, 14.2). */
function readRange(text: string | undefined, size: number): readonly [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? "");
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable();
    return [size - length, size];
  }
  if (last !== "" && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) throw unsatisfiable();
  return [Number(first), last === "" ? size : Math.min(Number(last) + 1, size)];
}

function unsatisfiable(): StorageFault {
  return new StorageFault(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
}
