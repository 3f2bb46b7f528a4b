import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceSize } from "./compute.ts";

const cases: readonly (readonly [cpu: number, gib: number, vcpu: number, memory: number])[] = [
  [0.25, 0.5, 0.25, 0.5],
  [0.5, 5, 2, 5],
  [1, 2, 1, 2],
  [1, 4, 1, 4],
  [1, 4.5, 2, 4.5],
  [2, 9, 4, 9],
  [3, 1, 4, 2],
  [5, 2, 6, 4],
  [1, 32, 8, 32],
];
for (const [cpu, gib, vcpu, memory] of cases) {
  test(`a Cloud Run instance for ${cpu} vCPU and ${gib} GiB has ${vcpu} and ${memory}`, () =>
    assert.deepEqual(instanceSize(cpu, gib), { vcpu, memory }));
}

test("no instance is larger than 8 vCPU and 32 GiB", () => {
  assert.equal(instanceSize(8, 33), undefined);
  assert.equal(instanceSize(9, 2), undefined);
});
