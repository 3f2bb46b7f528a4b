import type { RecordCore } from "../../core/types.ts";
import type { Timestamp } from "./messages.ts";

/** Microseconds since 1970. */
export type Micros = number;

export function toTimestamp(micros: Micros): Timestamp {
  const seconds = Math.floor(micros / 1_000_000);
  return { seconds: String(seconds), nanos: (micros - seconds * 1_000_000) * 1000 };
}

const space = "firestore/clock";
const key = "last-commit";

/** Commit times: strictly increasing, also over a restart and when the clock goes back. */
export function makeTimes(records: RecordCore, now: () => number) {
  const last = (): Micros => Number(Buffer.from(records.get(space, key)?.value ?? "0").toString());
  return {
    /** Call it inside the commit's transaction: it is kept with the commit. */
    nextCommit(): Micros {
      const micros = Math.max(now() * 1000, last() + 1);
      records.put(space, key, String(micros));
      return micros;
    },
    /** Not before any commit that a read at this moment sees. */
    read: (): Micros => Math.max(now() * 1000, last()),
  };
}

export type Times = ReturnType<typeof makeTimes>;
