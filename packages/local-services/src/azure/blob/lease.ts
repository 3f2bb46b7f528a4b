import type { Store } from "../../core/types.ts";
import type { AzureFailure } from "../wire/failure.ts";
import { blobFailure } from "./errors.ts";

export type LeaseState = "available" | "leased" | "expired" | "breaking" | "broken";

/** A lease as it is kept. Times are ms since 1970; a lease without an end is infinite. */
export interface Lease {
  readonly id: string;
  readonly seconds: number;
  readonly endsAt?: number;
  readonly brokenAt?: number;
}

const SPACE = "azure/leases";
/** A container's own lease has the key of a blob without a name. */
const keyOf = (container: string, blob: string): string => `${container}/${blob}`;

export function leaseOf(store: Store, container: string, blob: string): Lease | undefined {
  const record = store.records.get(SPACE, keyOf(container, blob));
  return record === undefined ? undefined : (JSON.parse(Buffer.from(record.value).toString()) as Lease);
}

export function keepLease(store: Store, container: string, blob: string, lease: Lease | undefined): void {
  if (lease === undefined) store.records.remove(SPACE, keyOf(container, blob));
  else store.records.put(SPACE, keyOf(container, blob), JSON.stringify(lease));
}

/** Also those of its blobs. */
export function dropLeases(store: Store, container: string): void {
  for (;;) {
    const some = store.records.list(SPACE, { prefix: keyOf(container, ""), limit: 1000 });
    if (some.length === 0) return;
    for (const { key } of some) store.records.remove(SPACE, key);
  }
}

export function stateOf(lease: Lease | undefined, now: number): LeaseState {
  if (lease === undefined) return "available";
  if (lease.brokenAt !== undefined) return now >= lease.brokenAt ? "broken" : "breaking";
  return lease.endsAt !== undefined && now >= lease.endsAt ? "expired" : "leased";
}

/** The headers (and list elements) that tell about a lease. */
export function leaseFacts(lease: Lease | undefined, now: number): Readonly<Record<string, string>> {
  const state = stateOf(lease, now);
  const isLocked = state === "leased" || state === "breaking";
  return {
    "x-ms-lease-status": isLocked ? "locked" : "unlocked",
    "x-ms-lease-state": state,
    ...(state === "leased" ? { "x-ms-lease-duration": lease?.seconds === -1 ? "infinite" : "fixed" } : {}),
  };
}

/**
 * What a lease answers to a call on the resource, if anything. `writes`: without the lease's id nothing may be changed;
 * a read is only refused when it names another lease.
 * https://learn.microsoft.com/rest/api/storageservices/lease-blob#outcomes-of-use-attempts-on-blobs-by-lease-state
 */
export function leaseRefusal(
  lease: Lease | undefined,
  given: string | undefined,
  how: { readonly now: number; readonly writes: boolean; readonly what: "Blob" | "Container" },
): AzureFailure | undefined {
  const state = stateOf(lease, how.now);
  if (state === "leased" || state === "breaking") {
    if (given === undefined) return how.writes ? blobFailure("LeaseIdMissing") : undefined;
    const same = given.toLowerCase() === lease?.id.toLowerCase();
    return same ? undefined : blobFailure(`LeaseIdMismatchWith${how.what}Operation`);
  }
  return given === undefined ? undefined : blobFailure(`LeaseNotPresentWith${how.what}Operation`);
}
