import type { ObjectCore, StoredObject } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { toInteger } from "./conditions.ts";

/** 404 where there is no such bucket. */
export function demandBucket(objects: ObjectCore, bucket: string): void {
  if (!objects.hasBucket(bucket)) throw new StorageFault(404, "notFound", "The specified bucket does not exist.");
}

/** The live object, of this generation when one is asked for: no older one is kept. 404. */
export function demandObject(
  objects: ObjectCore,
  bucket: string,
  name: string,
  generation: string | null = null,
): StoredObject {
  demandBucket(objects, bucket);
  const object = objects.head(bucket, name);
  const isWanted =
    generation === null || generation === "" || object?.generation === toInteger(generation, "generation");
  if (object === undefined || !isWanted) throw noSuchObject(bucket, name);
  return object;
}

export function noSuchObject(bucket: string, name: string): StorageFault {
  return new StorageFault(404, "notFound", `No such object: ${bucket}/${name}`);
}

/** https://cloud.google.com/storage/docs/objects#naming */
export function demandObjectName(name: string | undefined | null): string {
  if (name === undefined || name === null || name === "") throw new StorageFault(400, "required", "Required");
  const isLong = Buffer.byteLength(name) > 1024;
  if (
    isLong ||
    name === "." ||
    name === ".." ||
    /[\r\n]/.test(name) ||
    name.startsWith(".well-known/acme-challenge/")
  ) {
    throw new StorageFault(400, "invalid", "Invalid object name.");
  }
  return name;
}
