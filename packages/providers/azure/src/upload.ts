import type { BlockBlobClient } from "@azure/storage-blob";
import type { Call, Only, WriteHow } from "@trimaran/contract";
import { limited } from "./connection.ts";
import { toAzure } from "./metadata.ts";

export const BLOCK_BYTES = 8 * 1024 * 1024;
const IN_FLIGHT = 3;

/** Azure takes 50,000 blocks: 390 GiB. */
export function blockBytes(): number {
  return BLOCK_BYTES;
}

/**
 * Blocks, three on their way and one being read, put together under the write's condition. Azure drops blocks that are never put
 * together after a week.
 * https://learn.microsoft.com/rest/api/storageservices/put-block-list
 */
export async function uploadInBlocks(
  /** `target` is the same blob, for the one request that stands under the write's condition. */
  { blob, target }: { readonly blob: BlockBlobClient; readonly target: BlockBlobClient },
  blocks: AsyncIterable<Uint8Array>,
  /** Tells this upload's blocks from those of other writers to the same blob: 16 characters, another one each time. */
  uploadId: string,
  how: WriteHow,
  call: Call,
) {
  const failed = new AbortController();
  const signal = AbortSignal.any([call.signal, failed.signal]);
  const inFlight = new Set<Promise<void>>();
  const ids: string[] = [];
  try {
    for await (const block of blocks) {
      const id = btoa(uploadId + String(ids.length).padStart(6, "0"));
      ids.push(id);
      const sending: Promise<void> = limited({ signal }, (abortSignal) =>
        blob.stageBlock(id, block, block.length, { abortSignal }),
      ).then(() => {
        inFlight.delete(sending);
      });
      inFlight.add(sending);
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    return await limited(call, (abortSignal) => target.commitBlockList(ids, { ...optionsOf(how), abortSignal }));
  } catch (e) {
    failed.abort();
    await Promise.allSettled(inFlight);
    throw e;
  }
}

export function optionsOf(how: WriteHow) {
  return {
    blobHTTPHeaders: { blobContentType: how.contentType },
    metadata: toAzure(how.metadata),
    conditions: conditionsOf(how.only),
  };
}

/** https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations */
function conditionsOf(only: Only | undefined): { ifNoneMatch?: string; ifMatch?: string } {
  if (only === undefined) return {};
  return only === "if_absent" ? { ifNoneMatch: "*" } : { ifMatch: only.ifRevision };
}
