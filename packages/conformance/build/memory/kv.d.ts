import { type KvDriver, type KvEntry } from "@trimaran/contract";
export interface KvStore {
    readonly entries: Map<string, KvEntry & {
        readonly expiresAt: number;
    }>;
    puts: number;
}
export declare function kvStore(): KvStore;
/** A driver over a `Map`: for tests of what uses kv. Sound by its own suite; gone with the process. */
export declare function memoryKv(store: KvStore, { now }?: {
    now?: (() => number) | undefined;
}): KvDriver;
