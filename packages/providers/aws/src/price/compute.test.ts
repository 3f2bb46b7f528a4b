import assert from "node:assert/strict";
import { test } from "node:test";
import { fargateSize } from "./compute.ts";

const cases: readonly (readonly [cpu: number, gib: number, vcpu: number, memory: number])[] = [
  [0.25, 0.125, 0.25, 0.5],
  [0.25, 2, 0.25, 2],
  [0.25, 1.5, 0.25, 2],
  [0.25, 1, 0.25, 1],
  [0.25, 3, 0.5, 3],
  [0.75, 1, 1, 2],
  [1, 2.5, 1, 3],
  [1, 9, 2, 9],
  [2, 4, 2, 4],
  [4, 31, 8, 32],
  [16, 33, 16, 40],
];
for (const [cpu, gib, vcpu, memory] of cases) {
  test(`a Fargate task for ${cpu} vCPU and ${gib} GiB has ${vcpu} and ${memory}`, () =>
    assert.deepEqual(fargateSize(cpu, gib), { vcpu, memory }));
}

test("no task is larger than 16 vCPU and 120 GB", () => {
  assert.equal(fargateSize(16, 121), undefined);
  assert.equal(fargateSize(16.25, 32), undefined);
});
