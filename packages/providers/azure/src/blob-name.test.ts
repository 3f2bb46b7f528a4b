import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLong } from "../../../../test/parts.ts";
import { keyOf, nameOf, namePrefixOf } from "./blob-name.ts";

const numRuns = isLong ? 200_000 : 3000;
/** Many of the characters that need care, close together. */
const odd = fc.constantFrom(
  ...' !"#-./0[\\]a~\u0001\u001f\u007f\u0080\u00a0\u00a1',
  "\ud7fa",
  "\ud7fb",
  "\uf8ff",
  "\uf900",
  "\uffda",
);
const edge = fc.constantFrom("\uffdb", "\uffdc", "\ufffd", "\uffff", "\u{10000}", "\u{10ffff}", "\ue000");
const key = fc.string({
  unit: fc.oneof(
    odd,
    edge,
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((c) => c !== "\0"),
  ),
  minLength: 1,
  maxLength: 12,
});
const byUtf8 = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
const byUtf16 = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

test("a name gives its key back, and Azure takes it", () => {
  fc.assert(
    fc.property(key, (k) => {
      const name = nameOf(k);
      assert.equal(keyOf(name), k);
      assert.doesNotMatch(
        name,
        /[\u0000-\u001f\u007f-\u009f\\\ud800-\udfff\ue000-\uf8ff\uffdd-\uffff]|(^|\/)\.\.?(\/|$)|[./]$/,
      );
      assert.doesNotMatch(name, /\.(\/|$)/);
    }),
    { numRuns },
  );
});

test("names have the order of their keys' UTF-8 bytes, in UTF-8 and in UTF-16", () => {
  fc.assert(
    fc.property(key, key, fc.nat(11), (a, b, same) => {
      const other = Array.from(a).slice(0, same).join("") + b;
      const wanted = byUtf8(a, other);
      assert.equal(byUtf8(nameOf(a), nameOf(other)), wanted);
      assert.equal(byUtf16(nameOf(a), nameOf(other)), wanted);
    }),
    { numRuns },
  );
});

test("the name of a key begins with the name prefix of each of its prefixes", () => {
  fc.assert(
    fc.property(key, fc.nat(12), (k, length) => {
      const prefix = Array.from(k).slice(0, length).join("");
      assert.ok(nameOf(k).startsWith(namePrefixOf(prefix)));
    }),
    { numRuns },
  );
});

test("any name of another's making is read without an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 12 }), (name) => typeof keyOf(name) === "string"),
    { numRuns },
  );
});
