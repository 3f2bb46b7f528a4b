import assert from "node:assert/strict";
import { body, collect, digest, digestOf, KiB, MiB, pseudoRandom, sameBytes } from "../bytes.js";
import { refused } from "../expect.js";
import { plain, readAll, readText, write } from "./harness.js";
const sizes = [
    ["an empty object", 0, 64 * KiB],
    ["an object of one byte", 1, 64 * KiB],
    ["an object in chunks of 7 bytes", 10_003, 7],
    ["an object of 5 MiB and 3 bytes", 5 * MiB + 3, 64 * KiB],
    ["an object of 17 MiB, streamed", 17 * MiB + 11, 200_003],
];
const sized = sizes.map(([name, size, chunk]) => ({
    name: `${name} comes back byte for byte`,
    async run({ driver, call }) {
        const bytes = pseudoRandom(size, size + 1);
        const written = await driver.write("object", body(bytes, chunk), plain, call);
        assert.equal(written.key, "object");
        assert.equal(written.size, size);
        const { head, body: back } = await driver.read("object", { from: 0 }, call);
        assert.equal(head.size, size);
        assert.equal(await digestOf(back), digest(bytes));
        assert.equal((await driver.head("object", call)).size, size);
    },
}));
const ranges = [
    ["from the start", { from: 0, length: 10 }, 0, 10],
    ["in the middle", { from: 1000, length: 5000 }, 1000, 6000],
    ["to the end", { from: 99_000 }, 99_000, 100_000],
    ["of the last byte", { from: 99_999, length: 1 }, 99_999, 100_000],
    ["that asks for more than there is", { from: 99_990, length: 1000 }, 99_990, 100_000],
];
const ranged = ranges.map(([name, range, start, end]) => ({
    name: `a range ${name}`,
    async run({ driver, call }) {
        const bytes = pseudoRandom(100_000);
        await write(driver, "object", bytes, call);
        const { head, body: back } = await driver.read("object", range, call);
        assert.equal(head.size, 100_000, "head.size is the whole object's, also for a range");
        sameBytes(await collect(back), bytes.slice(start, end));
    },
}));
export const bodyCases = [
    ...sized,
    ...ranged,
    {
        name: "a range past the end is invalid_argument",
        async run({ driver, call }) {
            await write(driver, "object", "ten bytes!", call);
            await refused(driver.read("object", { from: 10 }, call), "invalid_argument");
            await refused(driver.read("object", { from: 500, length: 5 }, call), "invalid_argument");
        },
    },
    {
        name: "a missing object is not_found for head and read",
        async run({ driver, call }) {
            await refused(driver.head("nothing", call), "not_found");
            await refused(driver.read("nothing", { from: 0 }, call), "not_found");
            await refused(driver.read("nothing", { from: 5, length: 5 }, call), "not_found");
        },
    },
    {
        name: "remove takes the object away, and removing what is missing succeeds",
        async run({ driver, call }) {
            await driver.remove("object", {}, call);
            await write(driver, "object", "here", call);
            await driver.remove("object", {}, call);
            await refused(driver.head("object", call), "not_found");
            await refused(driver.read("object", { from: 0 }, call), "not_found");
            await driver.remove("object", {}, call);
        },
    },
    {
        name: "content type and metadata come back",
        async run({ driver, call }) {
            const metadata = {
                author: "somebody",
                "with-hyphens-and-1-digit": "2",
                printable: 'a "quoted" = value; with, signs: ~!@#$%^&*()_+{}[]|\\<>?/\'`',
                "trimaran-sha256": "0".repeat(64),
            };
            const contentType = "text/plain; charset=utf-8";
            const written = await driver.write("object", body("text"), { contentType, metadata }, call);
            const { head, body: back } = await driver.read("object", { from: 0 }, call);
            await back.cancel();
            for (const one of [written, await driver.head("object", call), head]) {
                assert.equal(one.contentType, contentType);
                assert.deepEqual({ ...one.metadata }, metadata);
            }
        },
    },
    {
        name: "a write replaces bytes, content type and metadata together",
        async run({ driver, call }) {
            await driver.write("object", body("a longer first text"), { contentType: "text/a", metadata: { a: "1" } }, call);
            await driver.write("object", body("second"), { contentType: "text/b", metadata: { b: "2" } }, call);
            const head = await driver.head("object", call);
            assert.deepEqual([head.contentType, { ...head.metadata }, head.size], ["text/b", { b: "2" }, 6]);
            assert.equal(await readText(driver, "object", call), "second");
        },
    },
    {
        name: "head says when the object was written",
        async run({ driver, call }) {
            await write(driver, "object", "text", call);
            const { modifiedAt } = await driver.head("object", call);
            const apartMs = Math.abs(Date.now() - modifiedAt.getTime());
            assert.ok(apartMs < 24 * 3600_000, "modifiedAt is a date of today, clocks apart included");
        },
    },
    {
        name: "a reader that stops early leaves the driver usable",
        async run({ driver, call }) {
            const bytes = pseudoRandom(2 * MiB);
            await write(driver, "object", bytes, call);
            for (let i = 0; i < 5; i++) {
                const { body: back } = await driver.read("object", { from: 0 }, call);
                const reader = back.getReader();
                await reader.read();
                await reader.cancel();
            }
            sameBytes(await readAll(driver, "object", call), bytes);
        },
    },
    {
        name: "two drivers see the same data",
        async run({ driver, another, call }) {
            const second = await another();
            const { revision } = await write(driver, "object", "from the first", call);
            assert.equal(await readText(second, "object", call), "from the first");
            await write(second, "object", "from the second", call, { ifRevision: revision });
            assert.equal(await readText(driver, "object", call), "from the second");
        },
    },
];
