import type { NewObject, ObjectCore, StagedBody, StoredObject } from "../../core/types.ts";
import { meets, type Preconditions } from "./conditions.ts";
import { holdAgainst, type Promised } from "./digests.ts";
import { demandBucket } from "./lookup.ts";

/** Where a whole body goes once it is there. */
export interface Target {
  readonly bucket: string;
  readonly name: string;
  readonly object: NewObject;
  readonly promised: Promised;
  readonly when: Preconditions;
}

/** Holds the bytes against their promised digests and puts them in place. 400, 412. */
export function place(objects: ObjectCore, target: Target, body: StagedBody): StoredObject {
  try {
    holdAgainst(target.promised, body);
    demandBucket(objects, target.bucket);
    return objects.commit(target.bucket, target.name, body, target.object, meets(target.when));
  } catch (e) {
    objects.discard([body.id]);
    throw e;
  }
}
