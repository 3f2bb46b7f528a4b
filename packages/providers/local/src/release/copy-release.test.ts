import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { testFolder } from "../testing/world.ts";
import { copyRelease } from "./copy-release.ts";

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

test("a release is a whole copy that later changes do not reach", async (t) => {
  const app = testFolder(t);
  const releases = join(app, ".trimaran/releases");
  write(app, { "src/server.js": "one", "run.sh": "#!/bin/sh", ".git/HEAD": "x", "node_modules/dep/index.js": "dep 1" });
  chmodSync(join(app, "run.sh"), 0o755);
  const first = await copyRelease(app, releases, "a");
  assert.equal(first.folder, join(releases, first.digest));
  assert.equal(statSync(join(first.folder, "src/server.js")).mode & 0o777, 0o444);
  assert.equal(statSync(join(first.folder, "run.sh")).mode & 0o777, 0o555);
  assert.equal(existsSync(join(first.folder, ".git")), false);
  assert.equal(existsSync(join(first.folder, ".trimaran")), false);
  assert.equal(statSync(join(first.folder, "node_modules/dep/index.js")).nlink, 2);

  writeFileSync(join(app, "src/server.js"), "two");
  // As npm does it: a new file in the place of the old one.
  writeFileSync(join(app, "node_modules/dep/new"), "dep 2");
  renameSync(join(app, "node_modules/dep/new"), join(app, "node_modules/dep/index.js"));
  const second = await copyRelease(app, releases, "b");
  assert.notEqual(second.digest, first.digest);
  assert.equal(readFileSync(join(first.folder, "src/server.js"), "utf8"), "one");
  assert.equal(readFileSync(join(first.folder, "node_modules/dep/index.js"), "utf8"), "dep 1");
  assert.equal(readFileSync(join(second.folder, "node_modules/dep/index.js"), "utf8"), "dep 2");
});

test("the same content twice is the same release; bytes, names and modes each make another", async (t) => {
  const app = testFolder(t);
  const releases = join(testFolder(t), "releases");
  const digest = async () => (await copyRelease(app, releases, "x")).digest;
  write(app, { "a.txt": "a", "b.txt": "" });
  const first = await digest();
  assert.equal(await digest(), first);
  const seen = new Set([first]);
  for (const change of [
    () => writeFileSync(join(app, "a.txt"), "b"),
    () => chmodSync(join(app, "a.txt"), 0o755),
    () => renameSync(join(app, "b.txt"), join(app, "c.txt")),
    () => symlinkSync("a.txt", join(app, "link")),
  ]) {
    change();
    seen.add(await digest());
  }
  assert.equal(seen.size, 5);
});

test("a link that leads out of the folder still leads there", async (t) => {
  const workspace = testFolder(t);
  const app = join(workspace, "app");
  write(workspace, { "packages/dep/index.js": "dep", "app/node_modules/keep.js": "" });
  symlinkSync("../../packages/dep", join(app, "node_modules/dep"));
  symlinkSync("keep.js", join(app, "node_modules/inside.js"));
  const { folder } = await copyRelease(app, join(app, ".trimaran/releases"), "x");
  assert.equal(readFileSync(join(folder, "node_modules/dep/index.js"), "utf8"), "dep");
  assert.equal(existsSync(join(folder, "node_modules/inside.js")), true);
});

test("a folder that is not there is said to be missing", async (t) => {
  await assert.rejects(copyRelease(join(testFolder(t), "nothing"), testFolder(t), "x"), { code: "not_found" });
});
