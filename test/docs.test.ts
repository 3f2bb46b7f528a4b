/** The documents: every link inside the project leads somewhere, every error code is proven by a test. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { codes } from "@trimaran/contract";

const root = join(import.meta.dirname, "..");
const pages = globSync(["*.md", "docs/*.md", "packages/*/README.md", "examples/*/README.md"], { cwd: root });

test("every link inside the project leads to a file", () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((m) => m[1] ?? "")
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test("every error code is expected by at least one test", () => {
  const tests = globSync(["packages/**/*.test.ts", "packages/conformance/src/**/*.ts", "test/**/*.ts"], {
    cwd: root,
    exclude: (name) => name.endsWith("node_modules") || name.endsWith("build"),
  }).filter((path) => path !== "test/docs.test.ts");
  const text = tests.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  const unproven = Object.keys(codes).filter((code) => !new RegExp(`\\b${code}\\b`).test(text));
  assert.deepEqual(unproven, []);
});
