import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, merged } from "./record.ts";
import type { RecordedRun } from "./results.ts";

const run = (cases: RecordedRun["cases"], driver = "a/kv"): RecordedRun => ({
  kind: "kv",
  driver,
  on: { name: "x", whose: "ours" },
  cases,
});

test("what is recorded is sorted, and replaces the same run alone", () => {
  const before = [run({ old: "pass" }), run({ other: "pass" }, "b/kv")];
  const now = merged(before, [run({ b: "pass", a: { notRun: "why" } })]);
  assert.deepEqual(
    now.map((one) => [one.driver, Object.keys(one.cases)]),
    [
      ["a/kv", ["a", "b"]],
      ["b/kv", ["other"]],
    ],
  );
});

test("a case that is new, differs or fails is a difference; one that did not run now is none", () => {
  const before = [run({ same: "pass", changed: "pass", absent: "pass" })];
  const now = [run({ same: "pass", changed: { unsupported: "expiry" }, added: "pass" })];
  assert.deepEqual(differences(before, now, ["kv a/kv x: broken"]), [
    'kv a/kv x: changed: {"unsupported":"expiry"}',
    'kv a/kv x: added: "pass"',
    "kv a/kv x: broken: fails",
  ]);
  assert.deepEqual(differences(before, [run({ same: "pass" })], []), []);
});
