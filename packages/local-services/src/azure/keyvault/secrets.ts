import type { Store } from "../../core/types.ts";

/** What a request may set of a version; times are whole seconds since 1970. */
export interface SecretSettings {
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled?: boolean | undefined;
  readonly notBefore?: number | undefined;
  readonly expires?: number | undefined;
}

/** One version as it is kept. */
export interface SecretVersion extends SecretSettings {
  readonly id: string;
  readonly value: string;
  readonly created: number;
  readonly updated: number;
}

/** A secret: its newest version, and since when it is deleted (seconds since 1970). */
export interface Secret {
  readonly name: string;
  readonly latest: string;
  readonly deletedAt?: number;
}

const SECRETS = "azure/secrets";
/** Names differ by more than case. */
const keyOf = (name: string): string => name.toLowerCase();
const versionSpace = (name: string): string => `azure/secret/${keyOf(name)}`;

const read = <T>(value: Uint8Array): T => JSON.parse(Buffer.from(value).toString()) as T;

export function findSecret(store: Store, name: string): Secret | undefined {
  const record = store.records.get(SECRETS, keyOf(name));
  return record === undefined ? undefined : read<Secret>(record.value);
}

export function findVersion(store: Store, name: string, id: string): SecretVersion | undefined {
  const record = store.records.get(versionSpace(name), id);
  return record === undefined ? undefined : read<SecretVersion>(record.value);
}

/** Adds a version and makes it the newest. */
export function addVersion(store: Store, name: string, version: SecretVersion): void {
  store.records.transaction(() => {
    const known = findSecret(store, name)?.name ?? name;
    store.records.put(versionSpace(name), version.id, JSON.stringify(version));
    store.records.put(SECRETS, keyOf(name), JSON.stringify({ name: known, latest: version.id } satisfies Secret));
  });
}

export function changeVersion(store: Store, name: string, version: SecretVersion): void {
  store.records.put(versionSpace(name), version.id, JSON.stringify(version));
}

/** Marks it deleted, or takes the mark away. */
export function markDeleted(store: Store, secret: Secret, deletedAt: number | undefined): Secret {
  const { name, latest } = secret;
  const marked: Secret = deletedAt === undefined ? { name, latest } : { name, latest, deletedAt };
  store.records.put(SECRETS, keyOf(name), JSON.stringify(marked));
  return marked;
}

export function purge(store: Store, name: string): void {
  store.records.transaction(() => {
    for (const { key } of store.records.list(versionSpace(name), { limit: 1e9 })) {
      store.records.remove(versionSpace(name), key);
    }
    store.records.remove(SECRETS, keyOf(name));
  });
}

/** In the order of their lower-case names; `from` is inclusive. One more than `limit` tells that there are more. */
export function listSecrets(store: Store, deleted: boolean, from: string, limit: number): readonly Secret[] {
  const found: Secret[] = [];
  for (const record of store.records.list(SECRETS, { from: keyOf(from), limit: 1e9 })) {
    const secret = read<Secret>(record.value);
    if ((secret.deletedAt !== undefined) === deleted) found.push(secret);
    if (found.length > limit) break;
  }
  return found;
}

/** In the order of their ids. */
export const listVersions = (store: Store, name: string, from: string, limit: number): readonly SecretVersion[] =>
  store.records.list(versionSpace(name), { from, limit: limit + 1 }).map(({ value }) => read<SecretVersion>(value));
