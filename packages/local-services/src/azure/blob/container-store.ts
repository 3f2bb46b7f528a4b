import type { Store } from "../../core/types.ts";

/** What a container is besides its blobs. */
export interface Container {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: number;
  readonly etag: string;
}

const SPACE = "azure/containers";

/** False when it was there. */
export function makeContainer(store: Store, name: string, metadata: Container["metadata"], now: number): boolean {
  return store.records.transaction(() => {
    if (!store.objects.createBucket(name, now)) return false;
    keepContainer(store, name, metadata, now);
    return true;
  });
}

export function findContainer(store: Store, name: string): Container | undefined {
  const record = store.records.get(SPACE, name);
  if (record === undefined) return undefined;
  const kept = JSON.parse(Buffer.from(record.value).toString()) as Pick<Container, "metadata" | "modifiedAt">;
  return { name, ...kept, etag: `"0x8D${record.version.toString(16).toUpperCase().padStart(13, "0")}"` };
}

/** Replaces what is kept of it: a new ETag. */
export function keepContainer(store: Store, name: string, metadata: Container["metadata"], now: number): void {
  store.records.put(SPACE, name, JSON.stringify({ metadata, modifiedAt: now }));
}

/** Forgets it; its blobs must be gone. */
export function dropContainer(store: Store, name: string): void {
  store.records.remove(SPACE, name);
  store.objects.removeBucket(name);
}
