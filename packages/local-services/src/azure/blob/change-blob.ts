import type { NewObject, StoredObject } from "../../core/types.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { BlobCall } from "./call.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { keepLease } from "./lease.ts";
import { forgetBlocks } from "./place.ts";
import { blobHeaders, metadataOf, written } from "./properties.ts";
import { lockOf, tierOf } from "./put-blob.ts";
import { committedSpace, demandBlob, writable } from "./target.ts";

/** Set Blob Metadata: replaces all of it. */
export const setBlobMetadata = (call: BlobCall): AzureResponse =>
  described(call, (now) => ({ ...now, metadata: metadataOf(call.request) }));

/** Set Blob Properties: a header that is left out is cleared. */
export function setBlobProperties(call: BlobCall): AzureResponse {
  const { request } = call;
  const md5 = request.header("x-ms-blob-content-md5");
  const changes = [...["content-type", "content-md5"], ...plain].some(
    (name) => request.header(`x-ms-blob-${name}`) !== undefined,
  );
  return described(call, (now) => {
    if (!changes) return now;
    const { md5: _cleared, ...extra } = now.extra;
    return { ...now, ...blobHeaders(request, false), extra: md5 === undefined ? extra : { ...extra, md5 } };
  });
}
const plain = ["cache-control", "content-encoding", "content-language", "content-disposition"];

function described(call: BlobCall, change: (now: StoredObject) => NewObject): AzureResponse {
  const { store, container, blob } = call;
  return store.records.transaction(() => {
    const { contentType, headers, metadata, extra = {} } = change(demandBlob(call));
    const meta = { contentType, headers, metadata, extra };
    const object = store.objects.describe(container, blob, meta, writable(call, false));
    if (object === undefined) throw blobFailure("BlobNotFound");
    return { status: 200, headers: written(object) };
  });
}

/** Set Blob Tier among the tiers whose blobs can be read. */
export function setBlobTier(call: BlobCall): AzureResponse {
  const tier = tierOf(call);
  if (tier === undefined) throw blobFailure("MissingRequiredHeader", { details: { HeaderName: "x-ms-access-tier" } });
  described(call, (now) => ({ ...now, extra: { ...now.extra, tier } }));
  return { status: 200 };
}

/** Delete Blob. There are no snapshots that could be in the way, and no soft delete. */
export async function deleteBlob(call: BlobCall): Promise<AzureResponse> {
  const { store, container, blob, request } = call;
  const snapshots = request.header("x-ms-delete-snapshots");
  if (snapshots !== undefined && snapshots !== "include") throw invalidHeader("x-ms-delete-snapshots", snapshots);
  await call.locks.run(lockOf(call), async () =>
    store.records.transaction(() => {
      demandBlob(call);
      store.objects.remove(container, blob, writable(call, false));
      store.records.remove(committedSpace(container), blob);
      forgetBlocks(call);
      keepLease(store, container, blob, undefined);
    }),
  );
  return { status: 202, headers: { "x-ms-delete-type-permanent": "true" } };
}
