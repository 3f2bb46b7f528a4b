import type { AzureResponse } from "../wire/response.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, type Judged, writeRefusal } from "./conditions.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { keepLease, type Lease, leaseOf, stateOf } from "./lease.ts";
import { judgedTarget } from "./target.ts";

interface Outcome {
  readonly status: number;
  readonly lease: Lease | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lease Blob and Lease Container: acquire, renew, change, release, break. */
export function leaseOperation(call: BlobCall): AzureResponse {
  const { request, store, container, blob } = call;
  const action = request.header("x-ms-lease-action") ?? "";
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (act === undefined) throw invalidHeader("x-ms-lease-action", action);
  return store.records.transaction(() => {
    const target: Judged = judgedTarget(call);
    const refusal = writeRefusal(conditionsOf(request.header), target, false);
    if (refusal !== undefined) throw refusal;
    const { status, lease, headers } = act(call, leaseOf(store, container, blob));
    keepLease(store, container, blob, lease);
    return {
      status,
      headers: { ...headers, etag: target.etag, "last-modified": new Date(target.modifiedAt).toUTCString() },
    };
  });
}

const actions: Readonly<Record<string, (call: BlobCall, lease: Lease | undefined) => Outcome>> = {
  acquire(call, lease) {
    const seconds = leaseSeconds(call);
    const id = guidHeader(call, "x-ms-proposed-lease-id") ?? call.newId();
    const state = stateOf(lease, call.request.now);
    const same = lease?.id.toLowerCase() === id.toLowerCase();
    if (state === "breaking") throw blobFailure(same ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent");
    if (state === "leased" && !same) throw blobFailure("LeaseAlreadyPresent");
    return { status: 201, lease: running(id, seconds, call.request.now), headers: { "x-ms-lease-id": id } };
  },
  renew(call, lease) {
    const held = matching(call, lease);
    const state = stateOf(held, call.request.now);
    if (state === "breaking" || state === "broken") throw blobFailure("LeaseIsBrokenAndCannotBeRenewed");
    return {
      status: 200,
      lease: running(held.id, held.seconds, call.request.now),
      headers: { "x-ms-lease-id": held.id },
    };
  },
  change(call, lease) {
    const proposed = guidHeader(call, "x-ms-proposed-lease-id");
    if (proposed === undefined) throw missing("x-ms-proposed-lease-id");
    const state = stateOf(lease, call.request.now);
    if (lease === undefined || state === "expired" || state === "broken")
      throw blobFailure("LeaseNotPresentWithLeaseOperation");
    if (lease.id.toLowerCase() !== proposed.toLowerCase()) matching(call, lease);
    if (state === "breaking") throw blobFailure("LeaseIsBreakingAndCannotBeChanged");
    return { status: 200, lease: { ...lease, id: proposed }, headers: { "x-ms-lease-id": proposed } };
  },
  release(call, lease) {
    matching(call, lease);
    return { status: 200, lease: undefined, headers: {} };
  },
  break(call, lease) {
    const { request } = call;
    const state = stateOf(lease, request.now);
    if (lease === undefined) throw blobFailure("LeaseNotPresentWithLeaseOperation");
    if (state === "expired" || state === "broken") {
      return { status: 202, lease: { ...lease, brokenAt: request.now }, headers: { "x-ms-lease-time": "0" } };
    }
    const left = lease.brokenAt ?? lease.endsAt ?? request.now;
    const given = request.header("x-ms-lease-break-period");
    if (given !== undefined && !/^([0-9]|[1-5][0-9]|60)$/.test(given))
      throw invalidHeader("x-ms-lease-break-period", given);
    const wanted = given === undefined ? left : request.now + Number(given) * 1000;
    const isInfinite = lease.brokenAt === undefined && lease.endsAt === undefined;
    const brokenAt = isInfinite ? wanted : Math.min(left, wanted);
    const time = String(Math.max(0, Math.ceil((brokenAt - request.now) / 1000)));
    return { status: 202, lease: { ...lease, brokenAt }, headers: { "x-ms-lease-time": time } };
  },
};

const running = (id: string, seconds: number, now: number): Lease => ({
  id,
  seconds,
  ...(seconds === -1 ? {} : { endsAt: now + seconds * 1000 }),
});

/** The lease that is there, when the request names it. */
function matching(call: BlobCall, lease: Lease | undefined): Lease {
  const id = guidHeader(call, "x-ms-lease-id");
  if (id === undefined) throw missing("x-ms-lease-id");
  if (lease?.id.toLowerCase() !== id.toLowerCase()) throw blobFailure("LeaseIdMismatchWithLeaseOperation");
  return lease;
}

function leaseSeconds({ request }: BlobCall): number {
  const value = request.header("x-ms-lease-duration");
  if (value === undefined) throw missing("x-ms-lease-duration");
  const seconds = Number(value);
  if (seconds !== -1 && !(Number.isInteger(seconds) && seconds >= 15 && seconds <= 60)) {
    throw invalidHeader("x-ms-lease-duration", value);
  }
  return seconds;
}

function guidHeader({ request }: BlobCall, name: string): string | undefined {
  const value = request.header(name);
  if (value === undefined || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value;
  throw invalidHeader(name, value);
}

const missing = (name: string) => blobFailure("MissingRequiredHeader", { details: { HeaderName: name } });
