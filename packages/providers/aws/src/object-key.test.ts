import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLong } from "../../../../test/parts.ts";
import { keyOf, nameOf, namePrefixOf } from "./object-key.ts";

const numRuns = isLong ? 200_000 : 3000;
const odd = fc.constantFrom(..."./!-0 a~\u0001\n\u001f", "ä", "\uffff", "\u{10000}");
const key = fc.string({ unit: fc.oneof(odd, fc.string({ minLength: 1, maxLength: 1 })), minLength: 1, maxLength: 12 });
const order = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));

test("a name gives its key back, and has no segment that is walked like a path", () => {
  const holds = (k: string) => {
    assert.equal(keyOf(nameOf(k)), k);
    assert.doesNotMatch(nameOf(k), /(^|\/)\.\.?(\/|$)/);
  };
  fc.assert(fc.property(key, holds), { numRuns });
});

test("names have the order of their keys, and begin with the name prefixes of their prefixes", () => {
  const holds = (a: string, b: string, same: number) => {
    const start = Array.from(a).slice(0, same).join("");
    assert.equal(order(nameOf(a), nameOf(start + b)), order(a, start + b));
    assert.ok(nameOf(a).startsWith(namePrefixOf(start)));
  };
  fc.assert(fc.property(key, key, fc.nat(12), holds), { numRuns });
});
