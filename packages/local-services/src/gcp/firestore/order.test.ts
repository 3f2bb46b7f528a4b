import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Value } from "./messages.ts";
import { compareTexts, compareValues } from "./order.ts";
import { compareNames, fromKey, toKey } from "./paths.ts";

const text = fc.string({ unit: "binary", maxLength: 6 });

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant<Value>({ nullValue: 0 }),
    fc.boolean().map((booleanValue): Value => ({ booleanValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n): Value => ({ integerValue: String(n) })),
    fc.integer({ min: -3, max: 3 }).map((n): Value => ({ integerValue: String(n) })),
    fc.double().map((doubleValue): Value => ({ doubleValue })),
    fc.integer({ min: -3, max: 3 }).map((doubleValue): Value => ({ doubleValue })),
    text.map((stringValue): Value => ({ stringValue })),
    fc.uint8Array({ maxLength: 4 }).map((bytesValue): Value => ({ bytesValue })),
    fc.array(tie("value"), { maxLength: 3 }).map((values): Value => ({ arrayValue: { values } })),
    fc.dictionary(text, tie("value"), { maxKeys: 3 }).map((fields): Value => ({ mapValue: { fields } })),
  ),
}));

const runs = { numRuns: 500, seed: 11 };

test("values have one total order", () => {
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      assert.equal(compareValues(a, a), 0);
      assert.equal(Math.sign(compareValues(a, b)), -Math.sign(compareValues(b, a)) + 0);
      if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) assert.ok(compareValues(a, c) <= 0);
    }),
    runs,
  );
});

test("texts order as their UTF-8 bytes", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareTexts(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    runs,
  );
});

test("integers and doubles compare exactly beyond 2 to the 53rd", () => {
  const larger: Value = { integerValue: "9007199254740993" };
  assert.ok(compareValues(larger, { doubleValue: 2 ** 53 }) > 0);
  assert.equal(compareValues({ integerValue: "1" }, { doubleValue: 1 }), 0);
  assert.ok(compareValues({ doubleValue: Number.NaN }, { doubleValue: -Infinity }) < 0);
});

test("ids come back from their keys; numeric ones come first, by number", () => {
  const ids = ["a", "Z", "__id-3__", "__id12__", "__id7__", "é", "\u{10000}", "\uffff"];
  for (const id of ids) assert.equal(fromKey(toKey(id)), id);
  const sorted = [...ids].sort(compareNames);
  assert.deepEqual(sorted, ["__id-3__", "__id7__", "__id12__", "Z", "a", "é", "\uffff", "\u{10000}"]);
});
