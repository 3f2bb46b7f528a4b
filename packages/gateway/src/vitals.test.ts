import assert from "node:assert/strict";
import { test } from "node:test";
import { Vitals } from "./vitals.ts";

const settings = { path: "/health", intervalMs: 1000, failures: 3, latencyMs: 500, errors: 0.1 };

function vitals(more: Partial<typeof settings> = {}) {
  const changes: string[] = [];
  const it = new Vitals({ ...settings, ...more }, (healthy, because) =>
    changes.push(healthy ? "in" : `out: ${because}`),
  );
  return { it, changes };
}

test("failed requests in a row put it out, an answer between them does not let it come to that", () => {
  const { it, changes } = vitals();
  for (let i = 0; i < 10; i++) {
    it.failed(i, "connect");
    it.failed(i, "reset");
    it.answered(i, false, false);
  }
  assert.deepEqual(changes, []);
  for (let i = 0; i < 3; i++) it.failed(20, "timeout");
  assert.deepEqual(changes, ["out: timeout"]);
  it.failed(21, "connect");
  assert.equal(changes.length, 1, "once out, it is out");
});

test("checks: failures in a row out, two in a row in", () => {
  const { it, changes } = vitals();
  it.checked(0, undefined);
  it.checked(1, "status 500");
  it.checked(2, "status 500");
  it.checked(3, undefined);
  for (let i = 4; i < 7; i++) it.checked(i, "latency");
  assert.deepEqual(changes, ["out: latency"]);
  it.checked(7, undefined);
  it.checked(8, "status 503");
  assert.equal(it.because, "status 503", "the latest reason is shown");
  it.checked(9, undefined);
  assert.equal(it.healthy, false);
  it.checked(10, undefined);
  assert.deepEqual(changes, ["out: latency", "in"]);
});

test("what was never fit is out with its first failed check and in with its first good one", () => {
  const { it, changes } = vitals();
  it.checked(0, "connect");
  it.checked(1, undefined);
  assert.deepEqual(changes, ["out: connect", "in"]);
});

test("the share of errors counts from twenty answers within ten seconds", () => {
  const { it, changes } = vitals();
  for (let i = 0; i < 19; i++) it.answered(i, true, false);
  assert.deepEqual(changes, []);
  it.answered(15_000, true, false);
  assert.deepEqual(changes, [], "those are forgotten");
  for (let i = 0; i < 20; i++) it.answered(16_000, i === 0, false);
  assert.deepEqual(changes, [], "2 of 21 is within a tenth");
  it.answered(16_001, true, false);
  assert.deepEqual(changes, ["out: 5xx share"]);
});

test("more slow answers than quick ones put it out", () => {
  const { it, changes } = vitals();
  for (let i = 0; i < 40; i++) it.answered(0, false, i % 2 === 1);
  assert.deepEqual(changes, []);
  for (let i = 0; i < 3; i++) it.answered(0, false, true);
  assert.deepEqual(changes, ["out: latency"]);
});

test("what requests put out is held for an interval, then two, never beyond failures x interval; a dead port is not held", () => {
  const { it } = vitals();
  it.checked(0, undefined);
  const heldFor = (at: number, because: string) => {
    for (let i = 0; i < 3; i++) it.failed(at, because);
    for (let ms = 0; ; ms += 100) {
      it.checked(at + ms, undefined);
      if (it.healthy) return ms;
    }
  };
  assert.equal(heldFor(1000, "timeout"), 1000);
  assert.equal(heldFor(5000, "timeout"), 2000);
  assert.equal(heldFor(10_000, "reset"), 2000);
  assert.equal(heldFor(20_000, "connect"), 100);
  it.checked(40_000, undefined);
  assert.equal(heldFor(50_000, "timeout"), 1000, "forgiven after ten good intervals");
});
