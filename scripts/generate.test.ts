import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generated, stale } from "./generate.ts";

test("every generated file is up to date", async () => {
  assert.deepEqual(await stale(generated, join(import.meta.dirname, ".."), { write: false }), []);
});

test("a file that is missing or differs is stale until it is written", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "generate-"));
  t.after(() => rmSync(root, { recursive: true }));
  const one = (text: string) => [{ path: "docs/one.md", make: () => text }];
  assert.deepEqual(await stale(one("a"), root, { write: false }), ["docs/one.md"]);
  assert.deepEqual(await stale(one("a"), root, { write: true }), ["docs/one.md"]);
  assert.deepEqual(await stale(one("a"), root, { write: false }), []);
  assert.deepEqual(await stale(one("b"), root, { write: true }), ["docs/one.md"]);
  assert.equal(readFileSync(join(root, "docs/one.md"), "utf8"), "b");
});
