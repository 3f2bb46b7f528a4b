import assert from "node:assert/strict";
import { KiB, pseudoRandom, sameBytes } from "../bytes.js";
import { abortedCall, refused } from "../expect.js";
import { getText, put, scanAll, scanKeys } from "./harness.js";
const values = [
    ["an empty value", new Uint8Array()],
    ["a value of every byte", Uint8Array.from({ length: 256 }, (_, i) => i)],
    ["a value of 64 KiB and one byte", pseudoRandom(64 * KiB + 1)],
    ["a value of 350 KiB", pseudoRandom(350 * KiB, 7)],
    ["a value that is no UTF-8", Uint8Array.of(0xff, 0xfe, 0x80, 0x00, 0xc3)],
];
const keyGroups = [
    ["letters of many scripts and emoji", ["äöü", "日本語", "Ελληνικά", "עברית", "😀", "\u{10FFFF}", "\uFFFD"]],
    [
        "that differ in case, composition or edges only",
        ["Key", "key", "KEY", "caf\u00e9", "cafe\u0301", "k", " k", "k ", "k\n"],
    ],
    ["with slashes and dots", ["a/b", "a//b", "/", "//", "/a", "a/", ".", "..", "../up", "a\\b", "\\"]],
    [
        "that look like URL or query syntax",
        ["%", "a%2Fb", "?", "#", "a b", "a+b", "&", "=", "'", '"', "a'b", "$eq", "(a)", "*", "a:b"],
    ],
    ["with control characters", ["\u0001", "a\u0001b", "\u001f", "a\u007f", "\u0085", "\u200b", "\ufeff", "\t", "\r\n"]],
    [
        "that look like a system's own",
        ["__proto__", "constructor", "__a__", "__id7__", "null", "0", "-1", "_", "-", "true"],
    ],
    [
        "of 255 bytes",
        [
            "a".repeat(255),
            `${"ü".repeat(127)}a`,
            `${"😀".repeat(63)}abc`,
            "/".repeat(255),
            "%".repeat(255),
            "#".repeat(255),
        ],
    ],
];
export const entryCases = [
    ...values.map(([name, value]) => ({
        name: `${name} comes back byte for byte`,
        async run({ driver, call }) {
            const { revision } = await put(driver, "key", value, call);
            const entry = await driver.get("key", call);
            assert.ok(entry);
            assert.deepEqual([entry.key, entry.revision], ["key", revision]);
            assert.ok(entry.value instanceof Uint8Array);
            sameBytes(entry.value, value);
            const [scanned] = await scanAll(driver, call);
            sameBytes(scanned?.value ?? new Uint8Array(), value);
        },
    })),
    ...keyGroups.map(([name, keys]) => ({
        name: `keys ${name}`,
        async run({ driver, call }) {
            for (const [i, key] of keys.entries())
                await put(driver, key, `value ${i}`, call, { only: "if_absent" });
            for (const [i, key] of keys.entries()) {
                assert.equal(await getText(driver, key, call), `value ${i}`);
                assert.equal((await driver.get(key, call))?.key, key);
            }
            assert.deepEqual(await scanKeys(driver, call), [...keys].sort());
            const [first, ...rest] = keys;
            await driver.remove(first ?? "", {}, call);
            assert.deepEqual(await scanKeys(driver, call), rest.sort());
        },
    })),
    {
        name: "a missing key is undefined",
        async run({ driver, call }) {
            assert.equal(await driver.get("nothing", call), undefined);
        },
    },
    {
        name: "put replaces, remove takes away, and removing what is missing succeeds",
        async run({ driver, call }) {
            await driver.remove("key", {}, call);
            await put(driver, "key", "first", call);
            await put(driver, "key", "second", call);
            assert.equal(await getText(driver, "key", call), "second");
            await driver.remove("key", {}, call);
            assert.equal(await driver.get("key", call), undefined);
            await driver.remove("key", {}, call);
        },
    },
    {
        name: "two drivers see the same data",
        async run({ driver, another, call }) {
            const second = await another();
            const { revision } = await put(driver, "key", "from the first", call);
            assert.equal(await getText(second, "key", call), "from the first");
            await put(second, "key", "from the second", call, { only: { ifRevision: revision } });
            assert.equal(await getText(driver, "key", call), "from the second");
        },
    },
    {
        name: "an aborted signal is canceled, and nothing happens",
        async run({ driver, call }) {
            await put(driver, "key", "old", call);
            const stopped = abortedCall();
            await refused(driver.get("key", stopped), "canceled");
            await refused(put(driver, "key", "new", stopped), "canceled");
            await refused(driver.remove("key", {}, stopped), "canceled");
            await refused(driver.scan({ limit: 10 }, stopped), "canceled");
            assert.equal(await getText(driver, "key", call), "old");
        },
    },
    {
        name: "an empty place scans nothing",
        async run({ driver, call }) {
            assert.deepEqual(await scanKeys(driver, call), []);
        },
    },
    {
        name: "scan gives every entry once, whatever the page size",
        async run({ driver, call }) {
            const keys = Array.from({ length: 25 }, (_, i) => `key-${String(i).padStart(2, "0")}`);
            await Promise.all(keys.map((key) => put(driver, key, `value of ${key}`, call)));
            for (const limit of [1, 7, 25, 1000]) {
                const all = await scanAll(driver, call, limit);
                assert.deepEqual(all.map((entry) => entry.key).sort(), keys);
                for (const entry of all)
                    assert.equal(new TextDecoder().decode(entry.value), `value of ${entry.key}`);
            }
        },
    },
    {
        name: "scan goes on past a service's own limit on an answer's size",
        async run({ driver, call }) {
            const keys = Array.from({ length: 14 }, (_, i) => `large-${String(i).padStart(2, "0")}`);
            for (const [i, key] of keys.entries())
                await put(driver, key, pseudoRandom(350 * KiB, i + 1), call);
            const all = await scanAll(driver, call);
            assert.deepEqual(all.map((entry) => entry.key).sort(), keys);
            assert.ok(all.every((entry) => entry.value.length === 350 * KiB));
        },
    },
    {
        name: "scan keeps its place when scanned entries are removed",
        async run({ driver, call }) {
            const keys = Array.from({ length: 12 }, (_, i) => `key-${String(i).padStart(2, "0")}`);
            for (const key of keys)
                await put(driver, key, key, call);
            const seen = [];
            let after;
            for (let i = 0; i < 50; i++) {
                const page = await driver.scan({ limit: 4, ...(after === undefined ? {} : { after }) }, call);
                for (const { key } of page.items)
                    await driver.remove(key, {}, call);
                seen.push(...page.items.map((entry) => entry.key));
                after = page.next;
                if (after === undefined)
                    break;
            }
            assert.deepEqual(seen.sort(), keys);
        },
    },
];
