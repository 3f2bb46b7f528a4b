import assert from "node:assert/strict";
import { byUtf8 } from "../expect.js";
import { listAll, listKeys, write } from "./harness.js";
const numbered = (n) => Array.from({ length: n }, (_, i) => `item-${String(i).padStart(3, "0")}`);
export const listCases = [
    {
        name: "an empty place lists nothing",
        async run({ driver, call }) {
            assert.deepEqual(await listKeys(driver, call), []);
            assert.deepEqual(await listKeys(driver, call, { prefix: "any" }), []);
        },
    },
    {
        name: "list gives every object once, whatever the page size",
        async run({ driver, call }) {
            const keys = numbered(25);
            await Promise.all(keys.map((key) => write(driver, key, key, call)));
            for (const limit of [1, 2, 5, 24, 25, 26, 1000])
                assert.deepEqual(await listKeys(driver, call, { limit }), keys);
        },
    },
    {
        name: "the last page says that it is the last",
        async run({ driver, call }) {
            await Promise.all(numbered(3).map((key) => write(driver, key, key, call)));
            const page = await driver.list({ prefix: "", limit: 1000 }, call);
            assert.equal(page.items.length, 3);
            assert.equal(page.next, undefined);
        },
    },
    {
        name: "a prefix gives what begins with it and nothing beside",
        async run({ driver, call }) {
            const keys = [
                "a",
                "a/",
                "a/1",
                "a/2",
                "a/b/3",
                "a0",
                "ab",
                "b/1",
                "A/1",
                "ä/1",
                "ä/2",
                "a%2F1",
                "a//4",
                "100%",
                "100%/x",
            ];
            for (const key of keys)
                await write(driver, key, key, call);
            for (const prefix of ["", "a", "a/", "a/b", "a/b/", "ä", "ä/", "A", "a%", "a//", "100%", "zz", "b/1", "b/12"]) {
                const expected = keys.filter((key) => key.startsWith(prefix)).sort(byUtf8);
                assert.deepEqual(await listKeys(driver, call, { prefix }), expected, `prefix ${prefix}`);
                assert.deepEqual(await listKeys(driver, call, { prefix, limit: 2 }), expected, `prefix ${prefix} in pages of 2`);
            }
        },
    },
    {
        name: "a listed object has its size, revision and date",
        async run({ driver, call }) {
            for (const size of [0, 1, 70_000])
                await write(driver, `size-${size}`, new Uint8Array(size).fill(7), call);
            for (const listed of await listAll(driver, call)) {
                const head = await driver.head(listed.key, call);
                assert.deepEqual([listed.key, listed.size], [`size-${head.size}`, head.size]);
                assert.equal(listed.revision, head.revision);
                assert.ok(Math.abs(listed.modifiedAt.getTime() - head.modifiedAt.getTime()) < 2000);
            }
        },
    },
    {
        name: "what is removed or added between two pages does not disturb the rest",
        async run({ driver, call }) {
            const keys = numbered(10);
            for (const key of keys)
                await write(driver, key, key, call);
            const first = await driver.list({ prefix: "", limit: 4 }, call);
            const seen = first.items.map((head) => head.key);
            for (const key of seen)
                await driver.remove(key, {}, call);
            await write(driver, "item-000a", "added before", call);
            const rest = [];
            let after = first.next;
            for (let i = 0; after !== undefined && i < 20; i++) {
                const page = await driver.list({ prefix: "", limit: 4, after }, call);
                rest.push(...page.items.map((head) => head.key));
                after = page.next;
            }
            assert.deepEqual([...seen, ...rest], keys);
        },
    },
];
