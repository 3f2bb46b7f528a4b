import assert from "node:assert/strict";
import { isTrimaranError, TrimaranError } from "@trimaran/contract";
/** The promise must be refused with one of our errors and exactly this code. */
export async function refused(promise, code) {
    try {
        await promise;
    }
    catch (e) {
        if (!isTrimaranError(e))
            throw new Error("not one of our errors: is guard() around the driver?", { cause: e });
        if (e.code !== code)
            throw new Error(`refused with ${e.code} instead of ${code}`, { cause: e });
        return;
    }
    assert.fail(`not refused; ${code} was expected`);
}
/** A call whose signal was aborted before it began. */
export function abortedCall() {
    return { signal: AbortSignal.abort() };
}
/** All pages, checked: never more than `limit` items, and an end. */
export async function pages(limit, fetchPage, atMost = 2000) {
    const all = [];
    let after;
    do {
        const page = await fetchPage(after);
        assert.ok(page.items.length <= limit, `a page of ${page.items.length} items where ${limit} were asked for`);
        all.push(page.items);
        after = page.next;
        assert.ok(all.length <= atMost, `no end after ${atMost} pages`);
    } while (after !== undefined);
    return all;
}
/** Waits until `holds`, asking every 50 ms. */
export async function eventually(holds, withinMs, what) {
    const end = performance.now() + withinMs;
    while (!(await holds())) {
        assert.ok(performance.now() < end, `${what}: not within ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
/** Runs `change` again while it loses to somebody else, like an app's compare-and-set loop. */
export async function whileLosing(change, tries = 500) {
    for (let i = 0; i < tries; i++) {
        try {
            await change();
            return;
        }
        catch (e) {
            if (!isTrimaranError(e) || (e.code !== "conflict" && e.code !== "already_exists"))
                throw e;
            await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(100, 2 ** Math.min(i, 6))));
        }
    }
    throw new TrimaranError("conflict", `lost ${tries} times in a row`);
}
/** By UTF-8 bytes, the order in which every service must list. */
export function byUtf8(a, b) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
