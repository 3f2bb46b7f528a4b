import { type Call, type ErrorCode, type Page } from "@trimaran/contract";
/** The promise must be refused with one of our errors and exactly this code. */
export declare function refused(promise: Promise<unknown>, code: ErrorCode): Promise<void>;
/** A call whose signal was aborted before it began. */
export declare function abortedCall(): Call;
/** All pages, checked: never more than `limit` items, and an end. */
export declare function pages<T>(limit: number, fetchPage: (after: string | undefined) => Promise<Page<T>>, atMost?: number): Promise<readonly (readonly T[])[]>;
/** Waits until `holds`, asking every 50 ms. */
export declare function eventually(holds: () => Promise<boolean>, withinMs: number, what: string): Promise<void>;
/** Runs `change` again while it loses to somebody else, like an app's compare-and-set loop. */
export declare function whileLosing(change: () => Promise<void>, tries?: number): Promise<void>;
/** By UTF-8 bytes, the order in which every service must list. */
export declare function byUtf8(a: string, b: string): number;
