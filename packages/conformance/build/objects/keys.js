import assert from "node:assert/strict";
import { byUtf8, refused } from "../expect.js";
import { listKeys, readText, write } from "./harness.js";
const groups = [
    [
        "letters of many scripts and emoji",
        ["äöü", "日本語/テキスト", "Ελληνικά", "עברית", "emoji-😀-👩‍👩‍👧", "\u{10FFFF}", "\uFFFD"],
    ],
    ["that differ in case or composition only", ["Key", "key", "KEY", "caf\u00e9", "cafe\u0301", "ﬁ", "fi"]],
    ["with slashes at odd places", ["a//b", "a/b", "a/b/", "/a/b", "/", "//", "a/", "a", "a///", "/a//"]],
    [
        "that look like paths",
        [".", "..", "../up", "a/../b", "a/./b", "./a", "a/..", "...", "a.", "a/b.", "~", "C:\\x", "a\\b", "\\"],
    ],
    [
        "that look like URL syntax",
        ["a%2Fb", "%", "%%", "%2F", "%41", "a+b", "a b", "?", "a?b=c&d=e", "#", "a#b", "&", "=", ";", ":", "@", "a%00"],
    ],
    ["with white space at the edges", [" ", " a", "a ", "a  b", "\ta", "a\n", "a\r\nb"]],
    ["with control characters", ["\u0001", "a\u0001b", "\u001f", "a\u007f", "\u0085", "\u200b", "\ufeff", "\u2028"]],
    ["with quotes and brackets", ['"', "'", "`", "<a>", "a&amp;b", "{a}", "[a]", "|", "^", "*", "$a", "!", "(a)", ","]],
    [
        "that look like a system's own",
        ["__proto__", "constructor", ".well-known/x", "__a__", "null", "0", "-", "_", "CON"],
    ],
    [
        "of 900 bytes",
        ["a".repeat(900), "ü".repeat(450), "😀".repeat(225), "/".repeat(900), "%".repeat(900), " ".repeat(900)],
    ],
    ["with many or long segments", [`${"s/".repeat(449)}s`, `${"x".repeat(300)}/${"y".repeat(300)}/${"z".repeat(298)}`]],
];
/** Keys whose order by UTF-16 code units, by escaped form or by locale is another one. */
const order = [
    ..."!#%+-./09:=?@AZ_az~ \u0001\u001f\u007f",
    "\u00e4",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\u{10000}",
    "😀",
    "\u{10ffff}",
    "a ",
    "a!",
    "a%",
    "a%2F",
    "a-",
    "a.",
    "a/",
    "a/b",
    "a0",
    "aa",
    "a\u0001",
];
export const keyCases = [
    ...groups.map(([name, keys]) => ({
        name: `keys ${name}`,
        async run({ driver, call }) {
            for (const [i, key] of keys.entries()) {
                assert.equal((await write(driver, key, `object ${i}`, call, "if_absent")).key, key);
            }
            for (const [i, key] of keys.entries()) {
                assert.equal(await readText(driver, key, call), `object ${i}`);
                assert.equal((await driver.head(key, call)).key, key);
            }
            assert.deepEqual(await listKeys(driver, call), [...keys].sort(byUtf8));
            const [first, ...rest] = keys;
            await driver.remove(first ?? "", {}, call);
            await refused(driver.head(first ?? "", call), "not_found");
            assert.deepEqual(await listKeys(driver, call), rest.sort(byUtf8));
        },
    })),
    {
        name: "list is in the order of the keys' UTF-8 bytes, also across pages",
        async run({ driver, call }) {
            for (const key of order)
                await write(driver, key, "", call);
            const sorted = [...order].sort(byUtf8);
            for (const limit of [1000, 7, 1])
                assert.deepEqual(await listKeys(driver, call, { limit }), sorted);
        },
    },
];
