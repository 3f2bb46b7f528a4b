import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { findProgram, needs } from "../../../test/parts.ts";
import { startController } from "./start.ts";
import { ask, readTinyApp, startLoad, tinyApp, until } from "./testing/tiny-app.ts";

/** An image from nothing: Node and the libraries that it is linked with. */
function addImage(folder: string): void {
  const root = join(folder, "root");
  const libraries = execFileSync("ldd", [process.execPath], { encoding: "utf8" }).match(/\/lib\S+/g) ?? [];
  for (const path of libraries) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  mkdirSync(join(root, "tmp"));
  copyFileSync(process.execPath, join(root, "node"));
  const lines = [
    "FROM scratch",
    "COPY root/ /",
    "COPY server.mjs /app/",
    "WORKDIR /app",
    'CMD ["/node", "server.mjs"]',
  ];
  writeFileSync(join(folder, "Dockerfile"), lines.join("\n"));
}

/** Where the tests run, podman may not change limits and has no crun; users with a whole podman need none of this. */
function easePodman(t: TestContext, folder: string): void {
  const configuration = join(folder, "containers.conf");
  writeFileSync(configuration, "[containers]\ndefault_ulimits = []\n");
  const before = { ...process.env };
  process.env["CONTAINERS_CONF"] ??= configuration;
  if (findProgram("runc") !== undefined) process.env["TRIMARAN_PODMAN_FLAGS"] ??= "--runtime runc";
  t.after(() => {
    process.env = before;
  });
}

test(
  "the container runtime: one built image at two sites, killed, healed and gone at the end",
  needs("podman", "ldd"),
  async (t) => {
    const spec = (text: string) =>
      text
        .replace("build: .", "build: .\n  runtime: container")
        .replace("  migrate: node migrate.mjs\n", "")
        .replace(/ {2}gcp: .*\n/, "");
    const { folder } = tinyApp(t);
    addImage(folder);
    easePodman(t, folder);
    const tiny = readTinyApp(folder, spec);
    const controller = await startController({ ...tiny, port: 0 });
    t.after(() => controller.stop());
    const containers = () => {
      const flags = (process.env["TRIMARAN_PODMAN_FLAGS"] ?? "").split(" ").filter(Boolean);
      const args = [
        ...flags,
        "ps",
        "--all",
        "--quiet",
        "--filter",
        `label=trimaran.revision=${controller.status().release!.digest.slice(0, 12)}`,
      ];
      return execFileSync("podman", args, { encoding: "utf8" }).split("\n").filter(Boolean).length;
    };
    t.after(() => {
      const image = `localhost/trimaran/tiny:${controller.status().release!.digest.slice(0, 12)}`;
      execFileSync("podman", ["rmi", "--force", image], { stdio: "ignore" });
    });
    assert.deepEqual(
      controller.status().sites.map((s) => s.state),
      ["healthy", "healthy"],
    );
    assert.equal(containers(), 2);
    const env = JSON.parse((await ask(controller.url, "/env")).body) as Record<string, string>;
    assert.match(env["DATABASE_URL"]!, /^postgresql:\/\/records-owner:/);
    assert.equal(env["PWD"] ?? "/app", "/app");

    const load = startLoad(controller.url);
    await until("both answer", () => load.sites.size === 2);
    await controller.chaos({ action: "kill", site: "azure" });
    assert.equal(containers(), 1);
    await controller.chaos({ action: "heal", site: "azure" });
    await until("it is back", () => controller.status().sites[1]!.state === "healthy");
    assert.deepEqual((await load.stop()).failures, []);
    await controller.stop();
    await controller.done;
    assert.equal(containers(), 0);
  },
);
