import type { Store } from "../../core/types.ts";
import { blockSpace } from "./target.ts";

/** After a week without a block list, Azure throws uncommitted blocks away. */
const MAX_AGE_MS = 7 * 24 * 3600 * 1000;

/** Removes what is older; at the start is often enough. */
export function sweepBlocks(store: Store, now: number): void {
  for (const space of store.records.spaces(blockSpace(""))) {
    for (const record of store.records.list(space, { limit: 1e9 })) {
      const { id, at } = JSON.parse(Buffer.from(record.value).toString()) as { id: string; at: number };
      if (now - at < MAX_AGE_MS) continue;
      store.records.transaction(() => {
        store.records.remove(space, record.key);
        store.objects.discard([id]);
      });
    }
  }
}
