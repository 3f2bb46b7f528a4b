import type { Firestore, WriteBatch } from "@google-cloud/firestore";

interface Committed {
  readonly commitTime?: Time | null;
  readonly writeResults?: readonly { readonly updateTime?: Time | null }[] | null;
}
/** As Protobuf's JSON and its objects have it. */
interface Time {
  readonly seconds?: number | string | { toString(): string } | null;
  readonly nanos?: number | null;
}

/**
 * One write, sent once; gives its update time as "seconds.nanoseconds". The SDK sends a commit again when its answer was lost, also under
 * a condition, which then fails because of itself; and no public setting of it ends that. Who may ask again is decided above.
 */
export async function commitOnce(client: Firestore, fill: (batch: WriteBatch) => unknown): Promise<string> {
  const batch = client.batch();
  fill(batch);
  const { _commit } = batch as unknown as {
    _commit?(how: { readonly retryCodes: readonly number[] }): Promise<Committed>;
  };
  if (_commit === undefined) throw new Error("this release of @google-cloud/firestore has no _commit");
  const out = await _commit.call(batch, { retryCodes: [] });
  const time = out.writeResults?.[0]?.updateTime ?? out.commitTime;
  return `${Number(String(time?.seconds ?? 0))}.${time?.nanos ?? 0}`;
}
