import assert from "node:assert/strict";
import { codeOf } from "@trimaran/contract";
import { refused, whileLosing } from "../expect.js";
import { getText, put, scanAll } from "./harness.js";
export const conditionCases = [
    {
        name: "if_absent creates once, then already_exists and the entry is untouched",
        async run({ driver, call }) {
            await put(driver, "key", "first", call, { only: "if_absent" });
            await refused(put(driver, "key", "second", call, { only: "if_absent" }), "already_exists");
            assert.equal(await getText(driver, "key", call), "first");
            await driver.remove("key", {}, call);
            await put(driver, "key", "third", call, { only: "if_absent" });
            assert.equal(await getText(driver, "key", call), "third");
        },
    },
    {
        name: "a put with the current revision succeeds, with a stale one it is conflict",
        async run({ driver, call }) {
            const first = await put(driver, "key", "first", call);
            const second = await put(driver, "key", "second", call, { only: { ifRevision: first.revision } });
            await refused(put(driver, "key", "third", call, { only: { ifRevision: first.revision } }), "conflict");
            assert.equal(await getText(driver, "key", call), "second");
            await put(driver, "key", "fourth", call, { only: { ifRevision: second.revision } });
            assert.equal(await getText(driver, "key", call), "fourth");
        },
    },
    {
        name: "a put that asks for a revision of what is gone is conflict",
        async run({ driver, call }) {
            const { revision } = await put(driver, "key", "first", call);
            await driver.remove("key", {}, call);
            await refused(put(driver, "key", "second", call, { only: { ifRevision: revision } }), "conflict");
            assert.equal(await driver.get("key", call), undefined);
        },
    },
    {
        name: "remove with a stale revision is conflict and the entry stays",
        async run({ driver, call }) {
            const first = await put(driver, "key", "first", call);
            const second = await put(driver, "key", "second", call);
            await refused(driver.remove("key", { ifRevision: first.revision }, call), "conflict");
            assert.equal(await getText(driver, "key", call), "second");
            await driver.remove("key", { ifRevision: second.revision }, call);
            assert.equal(await driver.get("key", call), undefined);
            await driver.remove("key", { ifRevision: second.revision }, call);
        },
    },
    {
        name: "revisions differ when the bytes differ, and agree between put, get and scan",
        async run({ driver, call }) {
            const seen = new Set();
            for (const value of ["one", "two", "three"]) {
                const { revision } = await put(driver, "key", value, call);
                const [scanned] = await scanAll(driver, call);
                assert.deepEqual([(await driver.get("key", call))?.revision, scanned?.revision], [revision, revision]);
                seen.add(revision);
            }
            assert.equal(seen.size, 3);
        },
    },
    {
        name: "of many writers with if_absent exactly one wins",
        async run({ driver, call, harness }) {
            const { writers, rounds } = harness.contention ?? { writers: 8, rounds: 5 };
            for (let round = 0; round < rounds; round++) {
                const key = `round-${round}`;
                const all = Array.from({ length: writers }, (_, i) => put(driver, key, `writer ${i}`, call, { only: "if_absent" }));
                const outcomes = await Promise.allSettled(all);
                const won = outcomes.findIndex((o) => o.status === "fulfilled");
                const codes = outcomes.filter((o) => o.status === "rejected").map((o) => codeOf(o.reason));
                assert.equal(codes.length, writers - 1, "not exactly one won");
                assert.ok(codes.every((code) => code === "already_exists" || code === "conflict"), codes.join());
                assert.equal(await getText(driver, key, call), `writer ${won}`);
            }
        },
    },
    {
        name: "concurrent increments lose no update",
        async run({ driver, another, call, harness }) {
            const { writers, rounds } = harness.contention ?? { writers: 8, rounds: 5 };
            const drivers = [driver, await another()];
            const increment = async (d) => {
                const now = await d.get("counter", call);
                const next = String(Number(new TextDecoder().decode(now?.value)) + 1);
                await put(d, "counter", next, call, { only: now ? { ifRevision: now.revision } : "if_absent" });
            };
            await Promise.all(Array.from({ length: writers }, async (_, i) => {
                for (let r = 0; r < rounds; r++)
                    await whileLosing(() => increment(drivers[i % 2] ?? driver));
            }));
            assert.equal(await getText(driver, "counter", call), String(writers * rounds));
        },
    },
];
