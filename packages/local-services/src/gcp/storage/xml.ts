import type { NewObject, ObjectCore, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header, type Route, sendText } from "../http.ts";
import { headerPreconditions, judgeRead, meets } from "./conditions.ts";
import { readDescription, refuseAcl } from "./describe.ts";
import { promisedInHeaders } from "./digests.ts";
import { sendMedia } from "./download.ts";
import { demandObject, demandObjectName, noSuchObject } from "./lookup.ts";
import { place } from "./place.ts";
import { base64, isComposite } from "./resource.ts";

/** The part of the XML API that signed URLs need: one object, whole. https://cloud.google.com/storage/docs/xml-api/reference-methods */
export function xmlRoutes(objects: ObjectCore): readonly Route[] {
  const path = "/{bucket}/{object=**}";
  const get = (x: Exchange) => getObject(objects, x);
  return [
    { call: "XML GET object", method: "GET", path, handle: get },
    { call: "XML HEAD object", method: "HEAD", path, handle: get },
    { call: "XML PUT object", method: "PUT", path, handle: (x) => putObject(objects, x) },
    { call: "XML DELETE object", method: "DELETE", path, handle: (x) => removeObject(objects, x) },
  ];
}

/** Paths that belong to the JSON API never name a bucket. */
export function isXmlPath(rawPath: string): boolean {
  return !/^\/(?:storage|upload|download|resumable|batch)(?:\/|$)/.test(rawPath);
}

async function getObject(objects: ObjectCore, x: Exchange) {
  demandPlain(x);
  const { bucket = "", object: name = "" } = x.params;
  const object = demandObject(objects, bucket, name, x.query.get("generation"));
  if (judgeRead(x, headerPreconditions(x), object) === "not_modified") {
    x.response.writeHead(304, { etag: etag(object) });
    return void x.response.end();
  }
  await sendMedia(x, objects, { ...object, ...overridden(x, object) }, etag(object));
}

/** `response-content-type` and `response-content-disposition` replace what was stored. */
function overridden(x: Exchange, object: StoredObject): Pick<StoredObject, "contentType" | "headers"> {
  const disposition = x.query.get("response-content-disposition");
  return {
    contentType: x.query.get("response-content-type") ?? object.contentType,
    headers: { ...object.headers, ...(disposition === null ? {} : { "content-disposition": disposition }) },
  };
}

async function putObject(objects: ObjectCore, x: Exchange) {
  demandPlain(x);
  refuseAcl(header(x.request, "x-goog-acl"));
  for (const name of ["x-goog-copy-source", "x-goog-encryption-algorithm", "x-goog-encryption-kms-key-name"]) {
    if (x.request.headers[name] !== undefined) throw unserved(name);
  }
  const { bucket = "", object: name = "" } = x.params;
  const about = described(x);
  const promised = promisedInHeaders(x);
  const target = { bucket, name: demandObjectName(name), object: about, promised, when: headerPreconditions(x) };
  const object = place(objects, target, await objects.stage(x.request, { ephemeral: true }));
  const hash = `crc32c=${base64(object.crc32c)},md5=${base64(object.md5)}`;
  const generation = { "x-goog-generation": String(object.generation), "x-goog-metageneration": "1" };
  sendText(x, 200, "", { etag: etag(object), "x-goog-hash": hash, ...generation });
}

function described(x: Exchange): NewObject {
  const value = (name: string) => header(x.request, name);
  const metadata = Object.keys(x.request.headers).filter((name) => name.startsWith("x-goog-meta-"));
  const fields = {
    cacheControl: value("cache-control"),
    contentDisposition: value("content-disposition"),
    contentEncoding: value("content-encoding"),
    contentLanguage: value("content-language"),
    storageClass: value("x-goog-storage-class"),
    customTime: value("x-goog-custom-time"),
    metadata: Object.fromEntries(metadata.map((name) => [name.slice("x-goog-meta-".length), value(name)])),
  };
  const said = Object.entries(fields).filter(([, each]) => each !== undefined);
  return readDescription(Object.fromEntries(said), value("content-type")).object;
}

function removeObject(objects: ObjectCore, x: Exchange) {
  demandPlain(x);
  const { bucket = "", object: name = "" } = x.params;
  demandObject(objects, bucket, name, x.query.get("generation"));
  if (!objects.remove(bucket, name, meets(headerPreconditions(x)))) throw noSuchObject(bucket, name);
  x.response.writeHead(204);
  x.response.end();
}

const known = /^(?:generation|userProject|X-Goog-.*|GoogleAccessId|Expires|Signature|response-content-.*)$/i;

/** Every other parameter asks for something else than the object. */
function demandPlain(x: Exchange): void {
  if (!isXmlPath(x.rawPath)) throw unserved(`${x.request.method} ${x.rawPath}`);
  for (const name of x.query.keys()) if (!known.test(name)) throw unserved(name);
}

function unserved(name: string): StorageFault {
  return new StorageFault(501, "notImplemented", `${name} is not served by this local cloud.`);
}

/** The XML API's tag is the MD5 where there is one. */
function etag(object: StoredObject): string {
  const text = isComposite(object) ? `-${object.generation}` : Buffer.from(object.md5).toString("hex");
  return `"${text}"`;
}

const xmlCodes: Readonly<Record<number, string>> = {
  401: "AuthenticationRequired",
  404: "NoSuchKey",
  412: "PreconditionFailed",
  416: "InvalidRange",
  500: "InternalError",
  501: "NotImplemented",
};

export function refuseInXml(x: Exchange, fault: StorageFault): void {
  const isBucket = fault.status === 404 && fault.message.includes("bucket");
  const code = isBucket ? "NoSuchBucket" : (xmlCodes[fault.status] ?? fault.reason);
  const escaped = (text: string) => text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${escaped(code)}</Code><Message>${escaped(fault.message)}</Message></Error>`;
  sendText(x, fault.status, body, { "content-type": "application/xml; charset=UTF-8" });
}
