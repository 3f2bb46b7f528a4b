import { describe, test } from "node:test";
import { TrimaranError } from "@trimaran/contract";
/** Runs every case, one after the other, without a test runner. Never throws for a failing case. */
export async function runSuite(suite, harness) {
    checkSkips(suite, harness);
    const results = [];
    for (const one of suite.cases)
        results.push(await runCase(suite, one, harness));
    return results;
}
/** Registers every case as a test of node:test, under the harness's name. */
export function registerSuite(suite, harness) {
    checkSkips(suite, harness);
    describe(`${suite.kind}: ${harness.name}`, () => {
        for (const one of suite.cases) {
            test(one.name, async (t) => {
                const result = await runCase(suite, one, harness);
                if (result.outcome === "skip")
                    t.skip(result.reason);
                if (result.outcome === "fail")
                    throw result.error;
            });
        }
    });
}
function checkSkips(suite, harness) {
    const unknown = (harness.skip ?? []).filter((s) => !suite.cases.some((c) => c.name === s.test));
    if (unknown.length > 0) {
        throw new TrimaranError("invalid_argument", `no such case: ${unknown.map((s) => s.test).join(", ")}`);
    }
}
async function runCase(suite, one, harness) {
    const opened = [];
    const done = (rest) => {
        const at = { kind: suite.kind, harness: harness.name, name: one.name, driver: opened[0]?.id ?? "" };
        const result = { ...at, ...rest };
        harness.report?.(result);
        return result;
    };
    const skipped = harness.skip?.find((s) => s.test === one.name);
    if (skipped !== undefined)
        return done({ outcome: "skip", reason: skipped.reason });
    const make = async () => {
        const driver = await harness.make();
        opened.push(driver);
        return driver;
    };
    const limit = new AbortController();
    let timer;
    const late = new Promise((_resolve, reject) => {
        const ms = harness.timeoutMs ?? 60_000;
        timer = setTimeout(() => {
            limit.abort();
            reject(new TrimaranError("timeout", `the case did not end within ${ms} ms`));
        }, ms);
    });
    const skip = (reason) => {
        throw new Skip(reason);
    };
    const work = async () => {
        await harness.reset();
        const driver = await make();
        if (one.feature !== undefined && !driver.can.has(one.feature)) {
            return { outcome: "skip", reason: `${driver.id} does not say that it can: ${one.feature}` };
        }
        await one.run({ driver, harness, call: { signal: limit.signal }, another: make, skip });
        return { outcome: "pass" };
    };
    try {
        return done(await Promise.race([work(), late]));
    }
    catch (e) {
        return done(e instanceof Skip ? { outcome: "skip", reason: e.message } : { outcome: "fail", error: e });
    }
    finally {
        clearTimeout(timer);
        await Promise.allSettled(opened.map((driver) => driver.close()));
    }
}
class Skip extends Error {
}
