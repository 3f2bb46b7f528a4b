import assert from "node:assert/strict";
import { codeOf } from "@trimaran/contract";
import { body, heldBody, MiB, pseudoRandom, text } from "../bytes.js";
import { refused, whileLosing } from "../expect.js";
import { plain, readAll, readText, write } from "./harness.js";
export const conditionCases = [
    {
        name: "if_absent creates once, then already_exists and the object is untouched",
        async run({ driver, call }) {
            await write(driver, "object", "first", call, "if_absent");
            await refused(write(driver, "object", "second", call, "if_absent"), "already_exists");
            assert.equal(await readText(driver, "object", call), "first");
            await driver.remove("object", {}, call);
            await write(driver, "object", "third", call, "if_absent");
            assert.equal(await readText(driver, "object", call), "third");
        },
    },
    {
        name: "if_absent holds for a large streamed object",
        async run({ driver, call }) {
            await write(driver, "object", "first", call);
            await refused(write(driver, "object", pseudoRandom(17 * MiB), call, "if_absent"), "already_exists");
            assert.equal(await readText(driver, "object", call), "first");
            const made = await write(driver, "other", pseudoRandom(17 * MiB), call, "if_absent");
            assert.equal(made.size, 17 * MiB);
        },
    },
    {
        name: "a write with the current revision succeeds, with a stale one it is conflict",
        async run({ driver, call }) {
            const first = await write(driver, "object", "first", call);
            const second = await write(driver, "object", "second", call, { ifRevision: first.revision });
            await refused(write(driver, "object", "third", call, { ifRevision: first.revision }), "conflict");
            assert.equal(await readText(driver, "object", call), "second");
            await write(driver, "object", "fourth", call, { ifRevision: second.revision });
            assert.equal(await readText(driver, "object", call), "fourth");
        },
    },
    {
        name: "a stale revision is conflict for a large streamed object",
        async run({ driver, call }) {
            const first = await write(driver, "object", "first", call);
            const second = await write(driver, "object", "second", call);
            const large = pseudoRandom(17 * MiB);
            await refused(write(driver, "object", large, call, { ifRevision: first.revision }), "conflict");
            assert.equal(await readText(driver, "object", call), "second");
            await write(driver, "object", large, call, { ifRevision: second.revision });
            assert.equal((await driver.head("object", call)).size, large.length);
        },
    },
    {
        name: "a write that asks for a revision of what is gone is conflict",
        async run({ driver, call }) {
            const { revision } = await write(driver, "object", "first", call);
            await driver.remove("object", {}, call);
            await refused(write(driver, "object", "second", call, { ifRevision: revision }), "conflict");
            await refused(driver.head("object", call), "not_found");
        },
    },
    {
        name: "remove with a stale revision is conflict and the object stays",
        async run({ driver, call }) {
            const first = await write(driver, "object", "first", call);
            const second = await write(driver, "object", "second", call);
            await refused(driver.remove("object", { ifRevision: first.revision }, call), "conflict");
            assert.equal(await readText(driver, "object", call), "second");
            await driver.remove("object", { ifRevision: second.revision }, call);
            await refused(driver.head("object", call), "not_found");
            await driver.remove("object", { ifRevision: second.revision }, call);
        },
    },
    {
        name: "revisions differ when the bytes differ, and agree between write, head and read",
        async run({ driver, call }) {
            const seen = new Set();
            for (const content of ["one", "two", "three"]) {
                const written = await write(driver, "object", content, call);
                const { head, body: back } = await driver.read("object", { from: 0 }, call);
                await back.cancel();
                const again = await driver.head("object", call);
                assert.deepEqual([head.revision, again.revision], [written.revision, written.revision]);
                seen.add(written.revision);
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
                const all = Array.from({ length: writers }, (_, i) => write(driver, key, `writer ${i}`, call, "if_absent"));
                const outcomes = await Promise.allSettled(all);
                const won = outcomes.findIndex((o) => o.status === "fulfilled");
                const codes = outcomes.filter((o) => o.status === "rejected").map((o) => codeOf(o.reason));
                assert.ok(won >= 0, "nobody won");
                assert.equal(codes.length, writers - 1, "more than one won");
                // A service may say that two writers met (S3: 409 ConditionalRequestConflict) before it knows who won.
                assert.ok(codes.every((code) => code === "already_exists" || code === "conflict"), codes.join());
                assert.equal(await readText(driver, key, call), `writer ${won}`);
            }
        },
    },
    {
        name: "concurrent writers with ifRevision lose no update",
        async run({ driver, another, call, harness }) {
            const { writers, rounds } = harness.contention ?? { writers: 8, rounds: 5 };
            const drivers = [driver, await another()];
            const increment = async (d) => {
                const { head, body: back } = await d.read("counter", { from: 0 }, call);
                const now = Number(await new Response(back).text());
                await write(d, "counter", String(now + 1), call, { ifRevision: head.revision });
            };
            await write(driver, "counter", "0", call);
            await Promise.all(Array.from({ length: writers }, async (_, i) => {
                for (let r = 0; r < rounds; r++)
                    await whileLosing(() => increment(drivers[i % 2] ?? driver));
            }));
            assert.equal(await readText(driver, "counter", call), String(writers * rounds));
        },
    },
    {
        name: "nobody sees a write before it is whole",
        async run({ driver, another, call }) {
            const second = await another();
            await write(driver, "object", "the old object", call);
            const held = heldBody([text("the new "), text("object")]);
            const writing = driver.write("object", held.body, plain, call);
            const fresh = heldBody([text("half"), text(" done")]);
            const creating = driver.write("new", fresh.body, plain, call);
            await new Promise((resolve) => setTimeout(resolve, 50));
            assert.equal(await readText(second, "object", call), "the old object");
            await refused(second.head("new", call), "not_found");
            held.release();
            fresh.release();
            await Promise.all([writing, creating]);
            assert.equal(await readText(second, "object", call), "the new object");
            assert.equal(await readText(second, "new", call), "half done");
        },
    },
    {
        name: "a reader beside a writer gets one whole object or the other",
        async run({ driver, another, call }) {
            const reader = await another();
            const versions = [new Uint8Array(MiB).fill(65), new Uint8Array(MiB / 2).fill(66)];
            await driver.write("object", body(versions[0] ?? ""), plain, call);
            let isWriting = true;
            const writing = (async () => {
                for (let i = 1; i <= 12; i++)
                    await driver.write("object", body(versions[i % 2] ?? ""), plain, call);
            })().finally(() => {
                isWriting = false;
            });
            const reading = (async () => {
                while (isWriting) {
                    const bytes = await readAll(reader, "object", call);
                    const isOne = versions.some((v) => v.length === bytes.length && bytes.every((b) => b === v[0]));
                    assert.ok(isOne, "a mixture of two writes was read");
                }
            })();
            await Promise.all([writing, reading]);
        },
    },
];
