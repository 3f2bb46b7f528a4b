import assert from "node:assert/strict";
import { test } from "node:test";
import { replicaSize } from "./compute.ts";
import { diskSize } from "./data.ts";

test("a replica has 2 GiB for each vCPU, in steps of a quarter", () => {
  for (const [cpu, gib, vcpu] of [
    [0.25, 0.5, 0.25],
    [0.25, 0.125, 0.25],
    [1, 2, 1],
    [1, 3, 1.5],
    [0.5, 4.1, 2.25],
    [2, 4, 2],
  ] as const)
    assert.equal(replicaSize(cpu, gib), vcpu, `${cpu} ${gib}`);
});

test("disks double", () => {
  assert.deepEqual([1, 32, 33, 100, 128, 4097, 40_000].map(diskSize), [32, 32, 64, 128, 128, 8192, 40_000]);
});
