import type { RecordCore } from "../../core/types.ts";
import { ApiFault } from "../faults.ts";
import type { Documents } from "./documents.ts";
import type { History } from "./history.ts";
import type { Timestamp, Write, WriteResult } from "./messages.ts";
import { toKey } from "./paths.ts";
import { type Times, toTimestamp } from "./times.ts";
import { applyWrite, targetOf } from "./writes.ts";

export interface Committed {
  readonly writeResults: readonly WriteResult[];
  readonly commitTime: Timestamp;
}

/** Carries out writes, all or none, at one new moment of time; `validate` may still refuse inside the same transaction. */
export function makeCommits(
  records: RecordCore,
  documents: Documents,
  history: History,
  times: Times,
  areWatched: () => boolean,
) {
  return (writes: readonly Write[]): Committed => {
    const before = new Map<string, { collection: string; key: string; before: Uint8Array | undefined }>();
    const committed = records.transaction(() => {
      const commitTime = toTimestamp(times.nextCommit());
      const writeResults = writes.map((write) => {
        demandOneOperation(write);
        const { collection, id } = targetOf(write);
        const key = toKey(id);
        const name = `${collection}/${id}`;
        if (!before.has(name)) before.set(name, { collection, key, before: documents.live.get(collection, key) });
        return applyWrite(documents, write, commitTime);
      });
      return { writeResults, commitTime };
    });
    if (areWatched() && before.size > 0) history.record([...before.values()]);
    return committed;
  };
}

export type Commit = ReturnType<typeof makeCommits>;

function demandOneOperation(write: Write): void {
  const count = [write.update, write.delete, write.transform].filter((each) => each !== undefined).length;
  if (count !== 1) throw new ApiFault("INVALID_ARGUMENT", "A write must have an operation.");
}
