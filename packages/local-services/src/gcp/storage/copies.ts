import type { NewObject, ObjectCore, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import type { Exchange, Route } from "../http.ts";
import { conditionNotMet, failure, queryPreconditions, toInteger } from "./conditions.ts";
import { changeDescription, readDescription, refuseAcl } from "./describe.ts";
import { sendResource } from "./fields.ts";
import { readJson } from "./json-body.ts";
import { demandBucket, demandObject, demandObjectName } from "./lookup.ts";
import { place } from "./place.ts";
import { objectResource } from "./resource.ts";

const maxSources = 32;

/** Objects made of objects: https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite, .../compose */
export function copyRoutes(objects: ObjectCore): readonly Route[] {
  const from = "/storage/v1/b/{bucket}/o/{object}";
  const to = "/b/{toBucket}/o/{toObject}";
  return [
    { call: "objects.rewrite", method: "POST", path: `${from}/rewriteTo${to}`, handle: (x) => rewrite(objects, x) },
    { call: "objects.copy", method: "POST", path: `${from}/copyTo${to}`, handle: (x) => copy(objects, x) },
    { call: "objects.compose", method: "POST", path: `${from}/compose`, handle: (x) => compose(objects, x) },
  ];
}

async function copy(objects: ObjectCore, x: Exchange) {
  sendResource(x, objectResource(await copied(objects, x), x.origin));
}

/** Always done in one call, so no rewrite token is ever handed out. */
async function rewrite(objects: ObjectCore, x: Exchange) {
  if (x.query.get("rewriteToken") !== null) throw new StorageFault(400, "invalid", "Invalid value for: rewriteToken");
  const object = await copied(objects, x);
  const size = String(object.size);
  sendResource(x, {
    kind: "storage#rewriteResponse",
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource: objectResource(object, x.origin),
  });
}

async function copied(objects: ObjectCore, x: Exchange): Promise<StoredObject> {
  const { bucket = "", object: name = "", toBucket = "", toObject = "" } = x.params;
  refuseAcl(x.query.get("destinationPredefinedAcl"));
  const body = await readJson(x);
  const source = demandObject(objects, bucket, name, x.query.get("sourceGeneration"));
  if (failure(queryPreconditions(x.query, "Source"), source) !== undefined) throw conditionNotMet();
  const target = {
    bucket: toBucket,
    name: demandObjectName(toObject),
    object: describedBy(body, source),
    promised: {},
    when: queryPreconditions(x.query),
  };
  demandBucket(objects, toBucket);
  return place(objects, target, objects.clone(source, { ephemeral: true }));
}

/** What the request says of the copy replaces all that the source said of itself; with no resource it is taken over. */
function describedBy(body: Record<string, unknown>, source: StoredObject): NewObject {
  const described = [
    "contentType",
    "metadata",
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
  ];
  const { storageClass, ...rest } = body;
  if (described.some((name) => body[name] !== undefined)) return changeDescription(source, body, "update");
  return changeDescription(source, storageClass === undefined ? rest : body, "patch");
}

async function compose(objects: ObjectCore, x: Exchange) {
  const { bucket = "", object: name = "" } = x.params;
  refuseAcl(x.query.get("destinationPredefinedAcl"));
  const body = await readJson(x);
  demandBucket(objects, bucket);
  const sources = readSources(body["sourceObjects"]).map((wanted) => {
    const source = demandObject(objects, bucket, wanted.name, wanted.generation);
    if (wanted.match !== undefined && wanted.match !== source.generation) throw conditionNotMet();
    return source;
  });
  const [first] = sources;
  if (first === undefined) throw new StorageFault(400, "required", "You must provide at least one source component.");
  const destination = (body["destination"] ?? {}) as Record<string, unknown>;
  const { object } = readDescription(destination, first.contentType);
  const count = sources.reduce((sum, source) => sum + Number(source.extra["componentCount"] ?? 1), 0);
  const target = {
    bucket,
    name: demandObjectName(name),
    object: { ...object, extra: { ...object.extra, componentCount: String(count) } },
    promised: {},
    when: queryPreconditions(x.query),
  };
  // Cloned in this very turn, so that what is joined is what was judged.
  const parts = sources.map((source) => objects.clone(source, { ephemeral: true }));
  const whole = await objects
    .join(parts, { ephemeral: true })
    .finally(() => objects.discard(parts.map(({ id }) => id)));
  sendResource(x, objectResource(place(objects, target, whole), x.origin));
}

interface Source {
  readonly name: string;
  readonly generation: string | null;
  readonly match: number | undefined;
}

function readSources(value: unknown): readonly Source[] {
  if (!Array.isArray(value)) throw new StorageFault(400, "required", "You must provide at least one source component.");
  if (value.length > maxSources) {
    throw new StorageFault(400, "invalid", "The number of source components provided exceeds the maximum (32).");
  }
  return value.map((each: { name?: unknown; generation?: unknown; objectPreconditions?: Record<string, unknown> }) => {
    const match = each.objectPreconditions?.["ifGenerationMatch"];
    return {
      name: demandObjectName(typeof each.name === "string" ? each.name : undefined),
      generation: each.generation === undefined ? null : String(each.generation),
      match: match === undefined ? undefined : toInteger(String(match), "ifGenerationMatch"),
    };
  });
}
