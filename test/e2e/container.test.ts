/** The container runtime: one image, built from scratch with this machine's own node in it, run at three sites. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { needs } from "../parts.ts";
import { copyExample, root, siteOf, up } from "./support/cli.ts";

const dockerfile = `FROM scratch
COPY root/ /
COPY app/ /app/
WORKDIR /app
ENV PATH=/usr/bin
CMD ["/usr/bin/node", "src/server.ts"]
`;

test("the example as containers from one image, on three sites", needs("podman", "runc", "buildah"), async (t) => {
  const app = copyExample(t, "medassistant");
  makeContext(app);
  const spec = join(app, "trimaran.yaml");
  writeFileSync(spec, readFileSync(spec, "utf8").replace("  build: .  ", "  runtime: container\n  build: context  "));
  // What a machine without systemd and with an old kernel needs of podman; a newcomer's podman needs none of it.
  const conf = join(app, "..", "containers.conf");
  writeFileSync(
    conf,
    '[containers]\ndefault_ulimits = []\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
  );
  const running = await up(t, app, [], { CONTAINERS_CONF: conf });

  const status = await running.status();
  for (const name of ["aws", "azure", "gcp"]) assert.equal(siteOf(status, name).state, "healthy", name);
  const revisions = new Set(status.sites.flatMap((s) => s.instances.map((i) => i.revision)));
  assert.equal(revisions.size, 1, "one image at all sites");
  const sites = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const response = await fetch(`${running.url}/questions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: "How much paracetamol may an adult take in a day?" }),
    });
    const { answer, answeredBy } = (await response.json()) as { answer: string; answeredBy: { site: string } };
    assert.match(answer, /4000 mg/);
    sites.add(answeredBy.site);
  }
  assert.deepEqual([...sites].sort(), ["aws", "azure"]);
  assert.equal(await running.interrupt(), 0);
});

/** A build context with a root file system made of node and the libraries that it needs, and the app with its packages. */
function makeContext(app: string): void {
  const context = join(app, "context");
  const rootfs = join(context, "root");
  for (const folder of ["usr/bin", "tmp", "etc"]) mkdirSync(join(rootfs, folder), { recursive: true });
  const node = realpathSync(process.execPath);
  copyFileSync(node, join(rootfs, "usr/bin/node"));
  const libraries = [...execFileSync("ldd", [node], { encoding: "utf8" }).matchAll(/(\/\S+\.so\S*)/g)].map(
    (m) => m[1] ?? "",
  );
  for (const library of libraries) {
    mkdirSync(join(rootfs, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(rootfs, dirname(library), basename(library)));
  }
  writeFileSync(join(rootfs, "etc/passwd"), "root:x:0:0:root:/:/usr/bin/node\n");
  const packed = join(context, "app");
  for (const folder of ["src", "public", "documents", "package.json"])
    cpSync(join(app, folder), join(packed, folder), { recursive: true });
  copyPackages(join(packed, "node_modules"));
  writeFileSync(join(context, "Dockerfile"), dockerfile);
}

/** The example's production dependencies, as an installation would lay them out; our own ones as they are published. */
function copyPackages(target: string): void {
  const list = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable", "--workspace", "medassistant"], {
    cwd: root,
    encoding: "utf8",
  });
  const folders = list.split("\n").filter((path) => path.includes("/node_modules/") && !path.includes("/@trimaran/"));
  for (const folder of folders) {
    cpSync(folder, join(target, folder.slice(folder.indexOf("/node_modules/") + "/node_modules/".length)), {
      recursive: true,
    });
  }
  execFileSync(process.execPath, ["scripts/build.ts", "--packages", "contract,runtime,aws,azure,gcp,local"], {
    cwd: root,
    stdio: "pipe",
  });
  for (const name of ["contract", "runtime", "aws", "azure", "gcp", "local"]) {
    cpSync(join(root, "dist", "@trimaran", name), join(target, "@trimaran", name), { recursive: true });
  }
}
