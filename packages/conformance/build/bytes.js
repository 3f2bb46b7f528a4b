import assert from "node:assert/strict";
import { createHash } from "node:crypto";
export const KiB = 1024;
export const MiB = 1024 * KiB;
/** The same size and seed give the same bytes; they do not compress (xorshift32). */
export function pseudoRandom(size, seed = 1) {
    const out = new Uint8Array(size);
    let x = seed * 2654435761 || 1;
    for (let i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        out[i] = x;
    }
    return out;
}
export function text(value) {
    return new TextEncoder().encode(value);
}
/** A body in chunks of `chunk` bytes, given as they are asked for. */
export function body(bytes, chunk = 64 * KiB) {
    const all = typeof bytes === "string" ? text(bytes) : bytes;
    let at = 0;
    return new ReadableStream({
        pull(controller) {
            if (at >= all.length)
                return controller.close();
            controller.enqueue(all.slice(at, at + chunk));
            at += chunk;
        },
    }, { highWaterMark: 0 });
}
/** Gives `bytes` and then fails with an error of its own. */
export function failingBody(bytes, chunk = 64 * KiB) {
    let at = 0;
    return new ReadableStream({
        pull(controller) {
            if (at >= bytes.length)
                return controller.error(new Error("the body's source failed"));
            controller.enqueue(bytes.slice(at, at + chunk));
            at += chunk;
        },
    }, { highWaterMark: 0 });
}
/** A body that stops after each part until `release` is called. */
export function heldBody(parts) {
    const gate = Promise.withResolvers();
    let at = 0;
    const held = new ReadableStream({
        async pull(controller) {
            if (at === 1)
                await gate.promise;
            const part = parts[at++];
            if (part === undefined)
                controller.close();
            else
                controller.enqueue(part);
        },
    }, { highWaterMark: 0 });
    return { body: held, release: () => gate.resolve() };
}
export async function collect(stream) {
    const parts = [];
    for await (const part of stream)
        parts.push(part);
    return new Uint8Array(Buffer.concat(parts));
}
/** Size and SHA-256 of a stream that is not kept. */
export async function digestOf(stream) {
    const hash = createHash("sha256");
    let size = 0;
    for await (const part of stream) {
        hash.update(part);
        size += part.length;
    }
    return `${size}:${hash.digest("hex")}`;
}
export function digest(bytes) {
    return `${bytes.length}:${createHash("sha256").update(bytes).digest("hex")}`;
}
/** Equal bytes; says where they differ instead of printing them. */
export function sameBytes(actual, expected) {
    assert.equal(actual.length, expected.length, "another number of bytes");
    const at = actual.findIndex((b, i) => b !== expected[i]);
    assert.equal(at, -1, `the bytes differ from offset ${at}`);
}
