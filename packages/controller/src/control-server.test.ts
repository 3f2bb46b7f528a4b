import assert from "node:assert/strict";
import { test } from "node:test";
import { TrimaranError } from "@trimaran/contract";
import { reportOf } from "./control-server.ts";

test("an error of ours is told with its hint", () => {
  const e = new TrimaranError("not_found", "there is no site of this name", { hint: "trimaran status" });
  assert.deepEqual(reportOf(e).error, { code: "not_found", message: e.message, hint: "trimaran status" });
});

test("an error that nobody classified is internal, and its text stays inside", () => {
  const { error } = reportOf(new RangeError("password=hunter2"));
  assert.equal(error.code, "internal");
  assert.doesNotMatch(error.message, /hunter2/);
});
