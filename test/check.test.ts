/** The house itself: types, lint, floors, sizes, unused code and generated files, as `npm run check` sees them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

test("npm run check", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../scripts/check.ts")], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout + stderr);
});
