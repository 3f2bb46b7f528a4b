import type { NewObject, StagedBody, StoredObject, StoredRecord } from "../../core/types.ts";
import type { BlobCall } from "./call.ts";
import type { BlobExtra } from "./properties.ts";
import { blockSpace, committedSpace, demandContainer, writable } from "./target.ts";
import { holding } from "./upload.ts";

/** One block of a blob that was made by Put Block List. */
export type CommittedBlock = readonly [id: string, size: number];

/**
 * Puts a body in the blob's place in one transaction: judges lease and conditions, remembers the blocks, forgets the uncommitted ones.
 * A body that could not be put is discarded.
 */
export async function placeBlob(
  call: BlobCall,
  body: StagedBody,
  meta: Pick<NewObject, "contentType" | "headers" | "metadata"> & { readonly extra: BlobExtra },
  blocks: readonly CommittedBlock[] = [],
): Promise<StoredObject> {
  const { store, container, blob } = call;
  const extra = Object.fromEntries(Object.entries(meta.extra).filter(([, value]) => value !== undefined));
  return holding(store, body, () =>
    store.records.transaction(() => {
      demandContainer(call);
      const object = store.objects.commit(container, blob, body, { ...meta, extra }, writable(call, true));
      forgetBlocks(call);
      if (blocks.length === 0) store.records.remove(committedSpace(container), blob);
      else store.records.put(committedSpace(container), blob, JSON.stringify(blocks));
      return object;
    }),
  );
}

/** An uncommitted block: its key in `blockSpace` and what was staged. */
export interface PendingBlock {
  readonly key: string;
  readonly blockId: string;
  readonly staged: string;
  readonly size: number;
}

export const blockKey = (blob: string, blockId: string): string => `${blob}\0${blockId}`;

export function readBlock({ key, value }: StoredRecord): PendingBlock {
  const { id, size } = JSON.parse(Buffer.from(value).toString()) as { id: string; size: number };
  return { key, blockId: key.slice(key.indexOf("\0") + 1), staged: id, size };
}

/** Those of the blob, in the order of their ids. */
export const pendingBlocks = ({ store, container, blob }: BlobCall): readonly PendingBlock[] =>
  store.records.list(blockSpace(container), { prefix: blockKey(blob, ""), limit: 1e9 }).map(readBlock);

export function forgetBlocks(call: BlobCall): void {
  const pending = pendingBlocks(call);
  for (const { key } of pending) call.store.records.remove(blockSpace(call.container), key);
  call.store.objects.discard(pending.map((block) => block.staged));
}

export function committedBlocks({ store, container, blob }: BlobCall): readonly CommittedBlock[] {
  const record = store.records.get(committedSpace(container), blob);
  return record === undefined ? [] : (JSON.parse(Buffer.from(record.value).toString()) as CommittedBlock[]);
}
