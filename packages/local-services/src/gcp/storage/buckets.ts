import type { RecordCore, Store } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import type { Exchange, Route } from "../http.ts";
import { projectId, projectNumber } from "../project.ts";
import { conditionNotMet, failure, queryPreconditions, toInteger } from "./conditions.ts";
import { refuseAcl } from "./describe.ts";
import { sendResource } from "./fields.ts";
import { readJson } from "./json-body.ts";
import { demandBucket } from "./lookup.ts";
import { etagOf } from "./resource.ts";

interface BucketFacts {
  readonly location: string;
  readonly storageClass: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly metageneration: number;
  readonly updatedAt: number;
}

export interface Buckets {
  readonly routes: readonly Route[];
  /** Makes it when it is missing. */
  ensure(name: string): void;
}

const space = "storage/buckets";

/** https://cloud.google.com/storage/docs/json_api/v1/buckets */
export function makeBuckets(store: Store, region: string, now: () => number): Buckets {
  const { objects, records } = store;
  const usual = { location: region.toUpperCase(), storageClass: "STANDARD", labels: {}, metageneration: 1 };
  const factsOf = (name: string, createdAt: number): BucketFacts => ({
    ...usual,
    updatedAt: createdAt,
    ...readFacts(records, name),
  });
  const resource = (name: string, createdAt: number, origin: string) =>
    bucketResource(name, createdAt, factsOf(name, createdAt), origin);
  const find = (name: string) => {
    demandBucket(objects, name);
    return objects.buckets().find((each) => each.name === name)!;
  };
  const judge = (x: Exchange, { metageneration }: BucketFacts) => {
    const stand = { generation: 0, metageneration };
    if (failure(queryPreconditions(x.query), stand as never) !== undefined) throw conditionNotMet();
  };
  const make = (name: string, changes: Changes): boolean =>
    records.transaction(() => {
      const at = now();
      if (!objects.createBucket(name, at)) return false;
      records.put(space, name, JSON.stringify({ ...usual, ...changes, updatedAt: at }));
      return true;
    });

  const insert = async (x: Exchange) => {
    demandProject(x);
    refuseAcl(x.query.get("predefinedAcl"));
    refuseAcl(x.query.get("predefinedDefaultObjectAcl"));
    const body = await readJson(x);
    const name = demandBucketName(body["name"]);
    const changes = readChanges(body);
    if (!make(name, changes)) {
      const message = "Your previous request to create the named bucket succeeded and you already own it.";
      throw new StorageFault(409, "conflict", message);
    }
    sendResource(x, resource(name, find(name).createdAt, x.origin));
  };
  const get = (x: Exchange) => {
    const { name, createdAt } = find(x.params["bucket"] ?? "");
    judge(x, factsOf(name, createdAt));
    sendResource(x, resource(name, createdAt, x.origin));
  };
  const list = (x: Exchange) => {
    demandProject(x);
    const q = (name: string) => x.query.get(name) ?? "";
    const limit = q("maxResults") === "" ? 1000 : Math.max(1, toInteger(q("maxResults"), "maxResults"));
    const all = objects.buckets().filter(({ name }) => name.startsWith(q("prefix")) && name > q("pageToken"));
    const page = all.slice(0, limit);
    sendResource(x, {
      kind: "storage#buckets",
      ...(all.length > limit ? { nextPageToken: page.at(-1)?.name } : {}),
      items: page.map(({ name, createdAt }) => resource(name, createdAt, x.origin)),
    });
  };
  const change = async (x: Exchange) => {
    const body = await readJson(x);
    const { name, createdAt } = find(x.params["bucket"] ?? "");
    const facts = factsOf(name, createdAt);
    judge(x, facts);
    const changes = readChanges(body, facts.labels);
    const changed = { ...facts, ...changes, metageneration: facts.metageneration + 1, updatedAt: now() };
    records.put(space, name, JSON.stringify(changed));
    sendResource(x, resource(name, createdAt, x.origin));
  };
  const remove = (x: Exchange) => {
    const { name, createdAt } = find(x.params["bucket"] ?? "");
    judge(x, factsOf(name, createdAt));
    records.transaction(() => {
      if (objects.removeBucket(name) === "not_empty") {
        throw new StorageFault(409, "conflict", "The bucket you tried to delete is not empty.");
      }
      records.remove(space, name);
    });
    x.response.writeHead(204);
    x.response.end();
  };
  const layout = (x: Exchange) => {
    const { name, createdAt } = find(x.params["bucket"] ?? "");
    const { location } = factsOf(name, createdAt);
    sendResource(x, { kind: "storage#storageLayout", bucket: name, location, locationType: "region" });
  };

  /** There are none, since none can be made; clients ask before they remove a bucket. */
  const managedFolders = (x: Exchange) => {
    find(x.params["bucket"] ?? "");
    sendResource(x, { kind: "storage#managedFolders" });
  };

  const path = "/storage/v1/b/{bucket}";
  return {
    ensure: (name) => void make(demandBucketName(name), {}),
    routes: [
      { call: "buckets.insert", method: "POST", path: "/storage/v1/b", handle: insert },
      { call: "buckets.list", method: "GET", path: "/storage/v1/b", handle: list },
      { call: "buckets.get", method: "GET", path, handle: get },
      { call: "buckets.patch", method: "PATCH", path, handle: change },
      { call: "buckets.delete", method: "DELETE", path, handle: remove },
      { call: "buckets.getStorageLayout", method: "GET", path: `${path}/storageLayout`, handle: layout },
      { call: "managedFolders.list", method: "GET", path: `${path}/managedFolders`, handle: managedFolders },
    ],
  };
}

function readFacts(records: RecordCore, name: string): Partial<BucketFacts> {
  const record = records.get(space, name);
  return record === undefined ? {} : (JSON.parse(Buffer.from(record.value).toString()) as BucketFacts);
}

function demandProject(x: Exchange): void {
  const project = x.query.get("project");
  if (project === null || project === "") throw new StorageFault(400, "required", "Required parameter: project");
  if (project !== projectId && project !== projectNumber) {
    throw new StorageFault(403, "forbidden", `The caller has no access to the project ${project}.`);
  }
}

/** https://cloud.google.com/storage/docs/buckets#naming */
function demandBucketName(name: unknown): string {
  if (typeof name !== "string") throw new StorageFault(400, "required", "Required");
  const isFine = name.split(".").every((label) => /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/.test(label));
  const isAllowed = !name.startsWith("goog") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (isFine && isAllowed && name.length >= 3 && name.length <= 222) return name;
  throw new StorageFault(400, "invalid", `Invalid bucket name: '${name}'`);
}

type Changes = Partial<Pick<BucketFacts, "location" | "storageClass" | "labels">>;

/** Fields that name no behaviour, or the behaviour that every bucket here has. */
const harmless = new Set(
  "name kind id selfLink projectNumber metageneration timeCreated updated etag locationType".split(" "),
);

function readChanges(body: Record<string, unknown>, labels: Readonly<Record<string, string>> = {}): Changes {
  const changes: { location?: string; storageClass?: string; labels?: Record<string, string> } = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === "location" && typeof value === "string") changes.location = value.toUpperCase();
    else if (name === "storageClass" && typeof value === "string") changes.storageClass = value;
    else if (name === "labels") changes.labels = mergeLabels(labels, value);
    else if (name === "iamConfiguration") demandUniformAccess(value);
    else if (name === "acl" || name === "defaultObjectAcl")
      refuseAcl(Array.isArray(value) && value.length === 0 ? "" : value);
    else if (!harmless.has(name) && !isOff(value)) {
      throw new StorageFault(501, "notImplemented", `The bucket field ${name} is not served by this local cloud.`);
    }
  }
  return changes;
}

function mergeLabels(now: Readonly<Record<string, string>>, value: unknown): Record<string, string> {
  const merged = Object.entries({ ...now, ...(value as Record<string, unknown> | null) });
  return Object.fromEntries(merged.flatMap(([key, each]) => (each === null ? [] : [[key, String(each)]])));
}

function demandUniformAccess(value: unknown): void {
  const access = value as { uniformBucketLevelAccess?: { enabled?: unknown } } | null;
  if (access?.uniformBucketLevelAccess?.enabled !== false) return;
  const message = "Request violates constraint 'constraints/storage.uniformBucketLevelAccess'";
  throw new StorageFault(412, "conditionNotMet", message);
}

/** `versioning: {enabled: false}`, `lifecycle: {}`, `cors: []`, `softDeletePolicy: {retentionDurationSeconds: 0}`: nothing is asked for. */
function isOff(value: unknown): boolean {
  if (value === null || value === false || value === "0" || value === 0 || value === "DEFAULT") return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.length === 0;
  return Object.values(value).every(isOff);
}

function bucketResource(name: string, createdAt: number, facts: BucketFacts, origin: string): Record<string, unknown> {
  return {
    kind: "storage#bucket",
    id: name,
    selfLink: `${origin}/storage/v1/b/${name}`,
    name,
    projectNumber,
    metageneration: String(facts.metageneration),
    etag: etagOf({ generation: 0, metageneration: facts.metageneration }),
    location: facts.location,
    locationType: "region",
    storageClass: facts.storageClass,
    ...(Object.keys(facts.labels).length === 0 ? {} : { labels: facts.labels }),
    iamConfiguration: {
      bucketPolicyOnly: { enabled: true },
      uniformBucketLevelAccess: { enabled: true },
      publicAccessPrevention: "enforced",
    },
    timeCreated: new Date(createdAt).toISOString(),
    updated: new Date(facts.updatedAt).toISOString(),
  };
}
