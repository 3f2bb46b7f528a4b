import type { StoredObject } from "../../core/types.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, type Judged, judged, writeRefusal } from "./conditions.ts";
import { type Container, findContainer } from "./container-store.ts";
import { blobFailure } from "./errors.ts";
import { keepLease, leaseOf, leaseRefusal, stateOf } from "./lease.ts";

/** Blocks that no list has committed yet: key "blob NUL block id". */
export const blockSpace = (container: string): string => `azure/blocks/${container}`;
/** Of which blocks a blob was made, by its name. */
export const committedSpace = (container: string): string => `azure/committed/${container}`;

/** Throws `AzureFailure` ContainerNotFound. */
export function demandContainer(call: BlobCall): Container {
  const found = findContainer(call.store, call.container);
  if (found === undefined) throw blobFailure("ContainerNotFound");
  return found;
}

/** Throws `AzureFailure` ContainerNotFound or BlobNotFound. */
export function demandBlob(call: BlobCall): StoredObject {
  demandContainer(call);
  const found = call.store.objects.head(call.container, call.blob);
  if (found === undefined) throw blobFailure("BlobNotFound");
  return found;
}

/** The blob, or the container where the call addresses one, for conditions. */
export const judgedTarget = (call: BlobCall): Judged =>
  call.blob === "" ? demandContainer(call) : judged(demandBlob(call))!;

/** A read may go on: throws where the request names a lease that is not the blob's. */
export function checkReadLease(call: BlobCall): void {
  const how = { now: call.request.now, writes: false, what: "Blob" } as const;
  const refusal = leaseRefusal(
    leaseOf(call.store, call.container, call.blob),
    call.request.header("x-ms-lease-id"),
    how,
  );
  if (refusal !== undefined) throw refusal;
}

/**
 * Judges a write inside its transaction: lease, conditions and the right to overwrite. For `when` of the store's writes; it throws
 * instead of answering false, so that the reason gets out.
 */
export function writable(call: BlobCall, creates: boolean): (now: StoredObject | undefined) => boolean {
  const { store, container, blob, request, grant } = call;
  const conditions = conditionsOf(request.header);
  return (now) => {
    if (now === undefined && !creates) throw blobFailure("BlobNotFound");
    const lease = leaseOf(store, container, blob);
    const how = { now: request.now, writes: true, what: "Blob" } as const;
    const refusal =
      leaseRefusal(lease, request.header("x-ms-lease-id"), how) ?? writeRefusal(conditions, judged(now), creates);
    if (refusal !== undefined) throw refusal;
    if (creates && now !== undefined && grant.permissions?.includes("w") === false)
      throw blobFailure("UnauthorizedBlobOverwrite");
    // A lease that has ended cannot be renewed once the blob has changed.
    if (lease !== undefined && ["expired", "broken"].includes(stateOf(lease, request.now))) {
      keepLease(store, container, blob, undefined);
    }
    return true;
  };
}
