import type { NewObject, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import type { Promised } from "./digests.ts";

/** What a client says of an object: the writable part of the resource, and digests to hold the bytes against. */
export interface Description {
  readonly object: NewObject;
  readonly name?: string;
  readonly promised: Promised;
}

const headerFields = {
  cacheControl: "cache-control",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
} as const;
const storageClasses = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];

/** Sent back by clients that read a resource and write it again; the service sets them and ignores what it gets. */
const readOnly = new Set(
  (
    "kind id selfLink mediaLink bucket generation metageneration size etag componentCount timeCreated timeFinalized " +
    "timeStorageClassUpdated updated owner timeDeleted contentLength"
  ).split(" "),
);

/** Reads a JSON object resource. 400 for what is malformed, 501 for what this service does not keep. */
export function readDescription(body: Record<string, unknown>, fallbackType: string | undefined): Description {
  return {
    object: apply({ contentType: "", headers: {}, metadata: {}, extra: {} }, body, fallbackType),
    ...text("name", body["name"]),
    promised: { ...text("md5", body["md5Hash"]), ...text("crc32c", body["crc32c"]) },
  };
}

/** `patch`: what is named changes, null removes. `update`: what is not named goes. */
export function changeDescription(
  now: StoredObject,
  body: Record<string, unknown>,
  how: "patch" | "update",
): NewObject {
  if (how === "patch") return apply(now, body, undefined);
  const kept = now.extra["componentCount"];
  const blank = {
    contentType: "",
    headers: {},
    metadata: {},
    extra: kept === undefined ? {} : { componentCount: kept },
  };
  return apply(blank, body, undefined);
}

function apply(base: NewObject, body: Record<string, unknown>, fallbackType: string | undefined): NewObject {
  const headers = { ...base.headers };
  const extra = { ...base.extra };
  let contentType = base.contentType === "" ? (fallbackType ?? "") : base.contentType;
  let metadata = base.metadata;
  for (const [name, value] of Object.entries(body)) {
    if (name === "contentType") contentType = value === null ? "" : string(name, value);
    else if (name === "metadata") metadata = mergeMetadata(metadata, value);
    else if (Object.hasOwn(headerFields, name))
      put(headers, headerFields[name as keyof typeof headerFields], name, value);
    else if (name === "storageClass") put(extra, name, name, storageClass(value));
    else if (name === "customTime") put(extra, name, name, customTime(value));
    else if (name === "acl" || name === "predefinedAcl") refuseAcl(value);
    else if (!["name", "md5Hash", "crc32c"].includes(name) && !readOnly.has(name)) refuseUnlessOff(name, value);
  }
  return { contentType, headers, metadata, extra };
}

/** The service takes no per-object grants: access is uniform, as in a bucket that says so. */
export function refuseAcl(value: unknown): void {
  if (value === undefined || value === null || value === "") return;
  const message = "Cannot insert legacy ACL for an object when uniform bucket-level access is enabled.";
  throw new StorageFault(
    400,
    "invalid",
    `${message} Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access`,
  );
}

function refuseUnlessOff(name: string, value: unknown): void {
  if (value === null || value === false || value === undefined) return;
  throw new StorageFault(501, "notImplemented", `The object field ${name} is not served by this local cloud.`);
}

function put(into: Record<string, string>, key: string, name: string, value: unknown): void {
  if (value === null || value === "") delete into[key];
  else into[key] = string(name, value);
}

function mergeMetadata(now: Readonly<Record<string, string>>, value: unknown): Record<string, string> {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw invalid("metadata");
  const merged: Record<string, string> = { ...now };
  for (const [key, each] of Object.entries(value ?? {})) {
    if (each === null) delete merged[key];
    else merged[key] = typeof each === "number" || typeof each === "boolean" ? String(each) : string("metadata", each);
  }
  return merged;
}

function storageClass(value: unknown): unknown {
  if (value === null) return null;
  const name = string("storageClass", value);
  if (!storageClasses.includes(name)) throw invalid("storageClass");
  return name;
}

function customTime(value: unknown): unknown {
  if (value === null) return null;
  const at = Date.parse(string("customTime", value));
  if (Number.isNaN(at)) throw invalid("customTime");
  return new Date(at).toISOString();
}

function text<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  if (value === undefined || value === null) return {};
  return { [key]: string(key, value) } as { readonly [P in K]?: string };
}

function string(name: string, value: unknown): string {
  if (typeof value !== "string") throw invalid(name);
  return value;
}

function invalid(name: string): StorageFault {
  return new StorageFault(400, "invalid", `Invalid value for: ${name}`);
}
