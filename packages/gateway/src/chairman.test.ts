import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLong } from "../../../test/parts.ts";
import { createChairman, toParts } from "./chairman.ts";

const runs = isLong ? 3000 : 150;

function worst(parts: readonly number[], picks: number): number {
  const total = parts.reduce((a, b) => a + b);
  const chairman = createChairman(parts);
  const got = parts.map(() => 0);
  let most = 0;
  for (let n = 1; n <= picks; n++) {
    got[chairman.next()]! += 1;
    for (let i = 0; i < parts.length; i++) most = Math.max(most, Math.abs(got[i]! * total - n * parts[i]!));
  }
  return most / total;
}

test("at every count, every site is within one request of its share", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 10 }),
      fc.integer({ min: 1, max: 5000 }),
      (weights, picks) => {
        const parts = toParts(weights)!;
        const bound = 1 - 1 / (2 * parts.length - 2);
        assert.ok(worst(parts, picks) <= bound + 1e-9, `deviation above ${bound} for ${parts.join(":")}`);
      },
    ),
    { numRuns: runs },
  );
});

test("lopsided weights, where plain rounding and smooth round robin go wrong", () => {
  for (const parts of [
    [1, 999_999],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 991],
    [1_000_000, 999_999, 3, 2, 1],
    [5, 3, 3, 2, 2, 1, 1, 1, 1, 1],
  ]) {
    assert.ok(worst(parts, 20_000) < 1, parts.join(":"));
  }
});

test("after a whole period everybody has exactly the share, and it starts again", () => {
  const parts = [50, 30, 20];
  const chairman = createChairman(parts);
  for (let period = 0; period < 3; period++) {
    const got = [0, 0, 0];
    for (let n = 0; n < 100; n++) got[chairman.next()]! += 1;
    assert.deepEqual(got, parts);
  }
});

test("weights become whole parts in lowest terms", () => {
  assert.deepEqual(toParts([50, 50]), [1, 1]);
  assert.deepEqual(toParts([33.3, 66.6]), [1, 2]);
  assert.deepEqual(toParts([0, 0]), [0, 0]);
  assert.deepEqual(toParts([5_000_000, 10_000_000]), [1, 2]);
  assert.equal(toParts([-1, 2]), undefined);
  assert.equal(toParts([Number.NaN]), undefined);
  assert.equal(toParts([1, 1_000_001]), undefined);
  assert.equal(toParts(Array.from({ length: 65 }, () => 1)), undefined);
});
