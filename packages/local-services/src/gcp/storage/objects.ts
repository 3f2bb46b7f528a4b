import type { ObjectCore } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import type { Exchange, Route } from "../http.ts";
import { judgeRead, meets, queryPreconditions, toInteger } from "./conditions.ts";
import { changeDescription } from "./describe.ts";
import { sendMedia } from "./download.ts";
import { sendResource } from "./fields.ts";
import { readJson } from "./json-body.ts";
import { demandBucket, demandObject, noSuchObject } from "./lookup.ts";
import { objectResource } from "./resource.ts";

const path = "/storage/v1/b/{bucket}/o/{object}";

/** https://cloud.google.com/storage/docs/json_api/v1/objects: reading, listing, describing and removing. */
export function objectRoutes(objects: ObjectCore): readonly Route[] {
  const get = (x: Exchange) => getObject(objects, x);
  return [
    { call: "objects.list", method: "GET", path: "/storage/v1/b/{bucket}/o", handle: (x) => listObjects(objects, x) },
    { call: "objects.get", method: "GET", path, handle: get },
    { call: "objects.get", method: "GET", path: `/download${path}`, handle: get },
    { call: "objects.delete", method: "DELETE", path, handle: (x) => removeObject(objects, x) },
    { call: "objects.patch", method: "PATCH", path, handle: (x) => changeObject(objects, x, "patch") },
    { call: "objects.update", method: "PUT", path, handle: (x) => changeObject(objects, x, "update") },
  ];
}

async function getObject(objects: ObjectCore, x: Exchange) {
  const { bucket = "", object: name = "" } = x.params;
  const object = demandObject(objects, bucket, name, x.query.get("generation"));
  if (judgeRead(x, queryPreconditions(x.query), object) === "not_modified") {
    x.response.writeHead(304, {});
    return void x.response.end();
  }
  if (x.query.get("alt") === "media") await sendMedia(x, objects, object);
  else sendResource(x, objectResource(object, x.origin));
}

function removeObject(objects: ObjectCore, x: Exchange) {
  const { bucket = "", object: name = "" } = x.params;
  demandObject(objects, bucket, name, x.query.get("generation"));
  if (!objects.remove(bucket, name, meets(queryPreconditions(x.query)))) throw noSuchObject(bucket, name);
  x.response.writeHead(204);
  x.response.end();
}

async function changeObject(objects: ObjectCore, x: Exchange, how: "patch" | "update") {
  const { bucket = "", object: name = "" } = x.params;
  const body = await readJson(x);
  const now = demandObject(objects, bucket, name, x.query.get("generation"));
  const demanded = meets(queryPreconditions(x.query));
  const changed = objects.describe(bucket, name, changeDescription(now, body, how), demanded);
  if (changed === undefined) throw noSuchObject(bucket, name);
  sendResource(x, objectResource(changed, x.origin));
}

function listObjects(objects: ObjectCore, x: Exchange) {
  const { bucket = "" } = x.params;
  demandBucket(objects, bucket);
  const q = (name: string) => x.query.get(name) ?? "";
  for (const name of ["matchGlob", "filter"]) if (q(name) !== "") throw unserved(name);
  if (q("softDeleted") === "true") throw unserved("softDeleted");
  const limit = Math.min(q("maxResults") === "" ? 1000 : toInteger(q("maxResults"), "maxResults"), 1000);
  if (limit < 1) throw new StorageFault(400, "invalid", "Invalid value for: maxResults");
  const delimiter = q("delimiter");
  const end = q("endOffset") === "" ? undefined : Buffer.from(q("endOffset"));
  const isBefore = (name: string) => end === undefined || Buffer.compare(Buffer.from(name), end) < 0;

  const page = objects.list(bucket, {
    limit,
    ...given("prefix", q("prefix")),
    ...given("delimiter", delimiter),
    ...given("from", q("startOffset")),
    ...given("after", fromToken(q("pageToken"))),
  });
  const items = page.objects.filter((object) => isBefore(object.key));
  const prefixes = page.prefixes.filter(isBefore);
  const wasCut = items.length + prefixes.length < page.objects.length + page.prefixes.length;
  const ends = q("includeTrailingDelimiter") === "true" ? prefixes.map((prefix) => objects.head(bucket, prefix)) : [];
  const all = [...items, ...ends.filter((object) => object !== undefined)];
  all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  sendResource(x, {
    kind: "storage#objects",
    ...(page.next === undefined || wasCut ? {} : { nextPageToken: toToken(page.next) }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(all.length === 0 ? {} : { items: all.map((object) => objectResource(object, x.origin)) }),
  });
}

function unserved(name: string): StorageFault {
  return new StorageFault(501, "notImplemented", `The parameter ${name} is not served by this local cloud.`);
}

function given<K extends string>(key: K, value: string): { readonly [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}

const toToken = (key: string) => Buffer.from(key).toString("base64url");
function fromToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (toToken(key) !== token.replace(/=+$/, "")) throw new StorageFault(400, "invalid", "Invalid value for: pageToken");
  return key;
}
