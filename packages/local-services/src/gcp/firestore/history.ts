import { compareBytes, toBytes } from "../../core/bytes.ts";
import type { View } from "./documents.ts";

interface Change {
  readonly at: number;
  readonly collection: string;
  readonly key: string;
  /** What was there before the change. */
  readonly before: Uint8Array | undefined;
}

/**
 * What was overwritten since the oldest open transaction began: enough to read the past, and to tell whether something changed.
 * In memory: a transaction does not outlive the process.
 */
export function makeHistory(live: View) {
  let moment = 0;
  let changes: Change[] = [];

  const since = (at: number, collection: string) =>
    changes.filter((change) => change.at > at && change.collection === collection);

  return {
    now: () => moment,
    /** One commit's changes, each with what was there before. */
    record(commit: readonly Omit<Change, "at">[]): void {
      moment++;
      for (const change of commit) changes.push({ ...change, at: moment });
    },
    /** Forgets what no open transaction can ask for; `oldest` undefined when none is open. */
    trim(oldest: number | undefined): void {
      if (oldest === undefined) changes = [];
      else if ((changes[0]?.at ?? Number.POSITIVE_INFINITY) <= oldest) {
        changes = changes.filter((change) => change.at > oldest);
      }
    },
    changed: (at: number, collection: string, key?: string) =>
      since(at, collection).some((change) => key === undefined || change.key === key),
    changedBelow: (at: number, path: string) =>
      changes.some((change) => change.at > at && change.collection.startsWith(path)),
    /** The documents as they were at that moment. */
    viewAt(at: number): View {
      return {
        get(collection, key) {
          const change = since(at, collection).find((each) => each.key === key);
          return change === undefined ? live.get(collection, key) : change.before;
        },
        scan: (collection, from) => merge(live.scan(collection, from), firstBefores(since(at, collection), from)),
        collections(below) {
          const gone = changes.filter((change) => change.at > at && change.collection.startsWith(below));
          return [...new Set([...live.collections(below), ...gone.map((change) => change.collection)])];
        },
      };
    },
  };
}

export type History = ReturnType<typeof makeHistory>;

/** The oldest state of each changed key, in order of the keys. */
function firstBefores(changes: readonly Change[], from: string | undefined) {
  const firsts = new Map<string, Uint8Array | undefined>();
  for (const { key, before } of changes) if (!firsts.has(key)) firsts.set(key, before);
  const isPast = (key: string) => from === undefined || compareBytes(toBytes(key), toBytes(from)) >= 0;
  return [...firsts].filter(([key]) => isPast(key)).sort(([a], [b]) => compareBytes(toBytes(a), toBytes(b)));
}

function* merge(
  now: Iterable<readonly [string, Uint8Array]>,
  past: readonly (readonly [string, Uint8Array | undefined])[],
): Iterable<readonly [string, Uint8Array]> {
  const instead = new Set(past.map(([key]) => key));
  const waiting = past.flatMap(([key, bytes]) => (bytes === undefined ? [] : [[key, bytes] as const]));
  let next = 0;
  for (const entry of now) {
    if (instead.has(entry[0])) continue;
    for (let old = waiting[next]; old !== undefined && isBefore(old[0], entry[0]); old = waiting[++next]) yield old;
    yield entry;
  }
  yield* waiting.slice(next);
}

function isBefore(a: string, b: string): boolean {
  return compareBytes(toBytes(a), toBytes(b)) < 0;
}
