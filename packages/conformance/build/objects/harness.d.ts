import type { Call, ObjectDriver, ObjectHead, Only, WriteHow } from "@trimaran/contract";
import type { Case, Harness } from "../suite.ts";
export interface ObjectsHarness extends Harness<ObjectDriver> {
    /** Fetches signed URLs; the global one when left out. A harness whose service has an authority of its own hands in one that trusts it. */
    readonly fetch?: typeof fetch;
    /** For an emulator that is slow under contention; 8 writers and 5 rounds when left out. */
    readonly contention?: {
        readonly writers: number;
        readonly rounds: number;
    };
}
export type ObjectCase = Case<ObjectDriver, ObjectsHarness>;
export declare const plain: WriteHow;
export declare function write(driver: ObjectDriver, key: string, content: Uint8Array | string, call: Call, only?: Only): Promise<ObjectHead>;
export declare function readAll(driver: ObjectDriver, key: string, call: Call): Promise<Uint8Array>;
export declare function readText(driver: ObjectDriver, key: string, call: Call): Promise<string>;
/** Everything under a prefix, over pages of `limit`. */
export declare function listAll(driver: ObjectDriver, call: Call, { prefix, limit }?: {
    limit?: number | undefined;
    prefix?: string | undefined;
}): Promise<readonly ObjectHead[]>;
export declare function listKeys(driver: ObjectDriver, call: Call, q?: {
    readonly prefix?: string;
    readonly limit?: number;
}): Promise<readonly string[]>;
