import { type Kv, type Objects, open, type Postgres, type Secrets } from "@trimaran/runtime";

/** What the app works with; `trimaran.yaml` declares each by the same name. */
export interface Resources {
  readonly documents: Objects;
  readonly records: Postgres;
  readonly sessions: Kv;
  readonly signing: Secrets;
}

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
