import { type ObjectDriver, type ObjectHead } from "@trimaran/contract";
export interface StoredObject {
    readonly head: ObjectHead;
    readonly bytes: Uint8Array;
}
/** What drivers share: hand the same one to two drivers and they see the same data. */
export interface ObjectStore {
    readonly objects: Map<string, StoredObject>;
    writes: number;
}
export declare function objectStore(): ObjectStore;
/** A driver over a `Map`: for tests of what uses objects. Sound by its own suite; gone with the process. */
export declare function memoryObjects(store: ObjectStore, { now }?: {
    now?: (() => number) | undefined;
}): ObjectDriver;
