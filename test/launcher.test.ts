/** The launcher under a Node that is too old: a sentence, not a syntax error. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const launcher = join(import.meta.dirname, "../packages/cli/bin/trimaran.js");

test("an old Node is told what to do", () => {
  // The version is the only thing that the launcher asks of an old Node before it imports anything.
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.19.0' });";
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, launcher, "up"],
    {
      encoding: "utf8",
    },
  );
  assert.equal(status, 26);
  assert.match(stderr, /^error\[tool_missing\]: Trimaran needs Node 22\.18 or newer/);
  assert.match(stderr, /hint: /);
});

test("the launcher reads in any Node: no static import, nothing newer than ES2022", () => {
  const text = readFileSync(launcher, "utf8");
  assert.doesNotMatch(text, /^import /m);
  assert.doesNotMatch(text, /\busing\b|\bsatisfies\b/);
});

test("npm start and npm run trimaran lead to the launcher", () => {
  const root = join(import.meta.dirname, "..");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  assert.match(
    scripts["start"] ?? "",
    /^node packages\/cli\/bin\/trimaran\.js up --file examples\/medassistant\/trimaran\.yaml$/,
  );
  const { status, stdout } = spawnSync("npm", ["run", "--silent", "trimaran", "--", "--version"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(status, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});
