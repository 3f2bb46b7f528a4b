import { type Kv, type Objects, open, type Postgres, type Secrets } from "@trimaran/runtime";

/** What the app works with; `trimaran.yaml` declares each by the same name. */
export interface Resources {
  readonly documents: Objects;
  readonly records: Postgres;
  readonly sessions: Kv;
  readonly signing: Secrets;
}

/**
 * For every call: a gateway that waits for the first byte of an answer gives up after two seconds, and an answer that names what is
 * wrong is worth more than none.
 */
export const soon = { timeoutMs: 1_500 } as const;

/** Opens all four. Nothing is sent yet: a home that is down does not keep the app from starting. */
export async function openResources(): Promise<Resources> {
  const [documents, records, sessions, signing] = await Promise.all([
    open.objects("documents"),
    open.postgres("records"),
    open.kv("sessions"),
    open.secrets("signing"),
  ]);
  return { documents, records, sessions, signing };
}

export async function closeResources({ documents, records, sessions, signing }: Resources): Promise<void> {
  await Promise.all([documents.close(), records.close(), sessions.close(), signing.close()]);
}
