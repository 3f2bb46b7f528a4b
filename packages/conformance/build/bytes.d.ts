import type { Bytes } from "@trimaran/contract";
export declare const KiB = 1024;
export declare const MiB: number;
/** The same size and seed give the same bytes; they do not compress (xorshift32). */
export declare function pseudoRandom(size: number, seed?: number): Uint8Array;
export declare function text(value: string): Uint8Array;
/** A body in chunks of `chunk` bytes, given as they are asked for. */
export declare function body(bytes: Uint8Array | string, chunk?: number): Bytes;
/** Gives `bytes` and then fails with an error of its own. */
export declare function failingBody(bytes: Uint8Array, chunk?: number): Bytes;
/** A body that stops after each part until `release` is called. */
export declare function heldBody(parts: readonly Uint8Array[]): {
    readonly body: Bytes;
    release(): void;
};
export declare function collect(stream: Bytes): Promise<Uint8Array>;
/** Size and SHA-256 of a stream that is not kept. */
export declare function digestOf(stream: Bytes): Promise<string>;
export declare function digest(bytes: Uint8Array): string;
/** Equal bytes; says where they differ instead of printing them. */
export declare function sameBytes(actual: Uint8Array, expected: Uint8Array): void;
