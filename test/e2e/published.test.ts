/** What is published, installed beside the example as npm would lay it out: the bundled command line and the libraries as JavaScript. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { atEnd, root, siteOf, trimaran, up, workFolder } from "./support/cli.ts";

test("the built packages run the example outside the workspace", async (t) => {
  execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "pipe" });
  const folder = workFolder(t);
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!["trimaran", "@trimaran", "medassistant"].includes(name))
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  cpSync(join(root, "dist"), modules, { recursive: true });
  const app = join(folder, "my copy");
  cpSync(join(root, "examples/medassistant"), app, {
    recursive: true,
    filter: (path) => !/\/(\.trimaran|node_modules)$/.test(path),
  });
  const launcher = { TRIMARAN_LAUNCHER: join(modules, "trimaran/bin/trimaran.js") };

  const { version } = JSON.parse(readFileSync(join(modules, "trimaran/package.json"), "utf8")) as { version: string };
  assert.equal((await trimaran(app, ["--version"], launcher)).out, `${version}\n`);
  const detached = await trimaran(app, ["up", "--detach"], launcher);
  atEnd(t, async () => void (await trimaran(app, ["down"], launcher)));
  assert.equal(detached.status, 0, detached.err + detached.out);
  assert.match(detached.out, /3 of 3 sites healthy/);
  const again = await trimaran(app, ["up", "--detach"], launcher);
  assert.equal(again.status, 22, "it says that it runs already");

  const down = await trimaran(app, ["down"], launcher);
  assert.equal(down.status, 0, down.err);
  const running = await up(t, app, [], launcher);
  assert.equal(siteOf(await running.status(), "gcp").state, "healthy");
  assert.equal((await fetch(`${running.url}/documents`)).status, 200);
  assert.equal(await running.interrupt(), 0);
});
