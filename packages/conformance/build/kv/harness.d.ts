import type { Call, KvDriver, KvEntry, Only } from "@trimaran/contract";
import type { Case, Harness } from "../suite.ts";
export interface KvHarness extends Harness<KvDriver> {
    /** For an emulator that is slow under contention; 8 writers and 5 rounds when left out. */
    readonly contention?: {
        readonly writers: number;
        readonly rounds: number;
    };
    /** Lets time pass for the driver. Real seconds go by when left out. */
    readonly pass?: (ms: number) => Promise<void>;
}
export type KvCase = Case<KvDriver, KvHarness>;
export declare function put(driver: KvDriver, key: string, value: string | Uint8Array, call: Call, how?: {
    readonly only?: Only;
    readonly expiresInSeconds?: number;
}): Promise<{
    readonly revision: string;
}>;
export declare function getText(driver: KvDriver, key: string, call: Call): Promise<string | undefined>;
export declare function scanAll(driver: KvDriver, call: Call, limit?: number): Promise<readonly KvEntry[]>;
/** In code unit order, since a scan has none. */
export declare function scanKeys(driver: KvDriver, call: Call, limit?: number): Promise<readonly string[]>;
export declare function pass(harness: KvHarness, ms: number): Promise<void>;
