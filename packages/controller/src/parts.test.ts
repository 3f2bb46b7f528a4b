import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { providers } from "@trimaran/all";
import type { App, Service } from "@trimaran/contract";
import { parseSpec } from "@trimaran/spec";
import { shellArguments, startCommand } from "./app-command.ts";
import { plainEnvironment } from "./environment.ts";
import { thisMachine } from "./host.ts";
import { takeLock } from "./lock.ts";
import { readRunFile, runFilePath } from "./run-file.ts";
import { socketPath } from "./socket-path.ts";
import { openState, readKeys } from "./state.ts";
import { checkSupport } from "./support.ts";
import { readTrust } from "./trust.ts";
import { databasesAt, localResourcesAt } from "./wanted.ts";

const machine = thisMachine();

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "controller "));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function parse(spec: string): App {
  const parsed = parseSpec(spec, { file: "trimaran.yaml" });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.app;
}

const spec = `
app: demo
service: { port: 80, command: node x.js }
resources:
  records: { type: postgres }
  local: { type: postgres, home: site }
  files: { type: bucket }
  key: { type: secret, generate: 32 }
  given: { type: secret }
sites:
  one: { cloud: aws, region: us-east-1 }
  two: { cloud: azure, region: eastus2 }
recovery: { primary: one }
`;

test("the lock names its holder, is taken over from the dead, and only once", (t) => {
  const state = folder(t);
  const lock = takeLock(state, "/run/x.sock", machine);
  assert.throws(() => takeLock(state, "/run/y.sock", machine), {
    code: "lease_held",
    message: new RegExp(`process ${machine.pid} since 20`),
  });
  lock.release();
  writeFileSync(
    runFilePath(state),
    JSON.stringify({
      ...readRunFile(runFilePath(state)),
      pid: machine.pid,
      startTime: 1,
      startedAt: "then",
      socket: "s",
    }),
  );
  takeLock(state, "/run/z.sock", machine);
  assert.equal(readRunFile(runFilePath(state))?.socket, "/run/z.sock");
  assert.deepEqual(readdirSync(state), ["run.json"]);
});

test("a lock file that makes no sense is a dead one", (t) => {
  const state = folder(t);
  writeFileSync(runFilePath(state), "{ half");
  takeLock(state, "/run/a.sock", machine);
  assert.equal(readRunFile(runFilePath(state))?.socket, "/run/a.sock");
});

test("sockets lie in a private folder, with short paths, another for each state folder", (t) => {
  const runtime = folder(t);
  const here = { ...machine, env: { XDG_RUNTIME_DIR: runtime } };
  const path = socketPath("/some/where", "control", here);
  assert.ok(path.startsWith(join(runtime, "trimaran/")));
  assert.notEqual(path, socketPath("/else/where", "control", here));
  assert.equal(statSync(join(runtime, "trimaran")).mode & 0o777, 0o700);
  const long = socketPath("/some/where", "control", {
    ...machine,
    env: { XDG_RUNTIME_DIR: `/tmp/${"x".repeat(120)}` },
  });
  assert.ok(Buffer.byteLength(long) <= 107);
});

test("a socket folder that is open to others, or a link, is not used", (t) => {
  const runtime = folder(t);
  mkdirSync(join(runtime, "trimaran"), { mode: 0o777 });
  const open = { ...machine, env: { XDG_RUNTIME_DIR: runtime } };
  // The umask may have closed it; what counts is a folder that others may enter.
  if ((statSync(join(runtime, "trimaran")).mode & 0o077) !== 0)
    assert.throws(() => socketPath("/s", "control", open), { code: "permission_denied" });
  const linked = folder(t);
  symlinkSync(runtime, join(linked, "trimaran"));
  const path = socketPath("/s", "control", { ...machine, env: { XDG_RUNTIME_DIR: linked } });
  assert.equal(path.startsWith(linked), false);
});

test("keys and certificates are made once, and are their owner's alone", async (t) => {
  const state = openState(join(folder(t), ".trimaran/default"));
  const keys = readKeys(state, machine);
  assert.deepEqual(readKeys(state, machine), keys);
  assert.match(keys.rootKey, /^[0-9a-f]{64}$/);
  const first = await readTrust(state, Date.now());
  assert.deepEqual(await readTrust(state, Date.now()), first);
  for (const file of ["keys.json", "tls/authority.key", "tls/server.key"])
    assert.equal(statSync(state.file(file)).mode & 0o777, 0o600, file);
  assert.ok(readFileSync(first.bundleFile, "utf8").includes(first.authority.trim()));
  // In eleven months the server's certificate is renewed under the same authority.
  const later = await readTrust(state, Date.now() + 340 * 24 * 3600 * 1000);
  assert.equal(later.authority, first.authority);
  assert.notEqual(later.server.certificate, first.server.certificate);
});

test("each site makes what is at home there, and passwords stay out of statements", (t) => {
  const app = parse(spec);
  const keys = readKeys(openState(join(folder(t), ".trimaran/default")), machine);
  const [one, two] = app.sites as [App["sites"][0], App["sites"][0]];
  const kinds = (site: typeof one) => localResourcesAt(app, site, providers, keys).map((r) => r.kind);
  assert.deepEqual(kinds(one), ["secret", "secret", "secret", "secret", "secret", "secret", "bucket", "secret"]);
  assert.deepEqual(kinds(two), ["secret", "secret", "secret"]);
  const databases = databasesAt(app, one, providers, keys);
  assert.deepEqual(
    databases.map((d) => d.database),
    ["demo-records-one", "demo-local-one"],
  );
  assert.deepEqual(
    databasesAt(app, two, providers, keys).map((d) => d.database),
    ["demo-local-two"],
  );
  for (const { roles } of databases)
    for (const { verifier } of Object.values(roles)) assert.match(verifier, /^SCRAM-SHA-256\$4096:/);
  assert.deepEqual(databasesAt(app, one, providers, keys), databases);
});

test("what no local cloud can give is refused by name; what is not run yet is said", () => {
  assert.deepEqual(checkSupport(parse(spec), providers), []);
  const refused = parse(spec.replace("{ type: bucket }", "{ type: bucket, needs: [versions] }"));
  assert.throws(() => checkSupport(refused, providers), { code: "unsupported", message: /resource files .* versions/ });
  const [warning] = checkSupport(parse(spec.replace("{ type: bucket }", "{ type: cache }")), providers);
  assert.match(warning!.says, /resource files: .* no cache/);
});

test("the command comes from the spec, the Procfile or package.json", (t) => {
  const here = folder(t);
  const service = { command: undefined } as unknown as Service;
  assert.throws(() => startCommand(service, here), { code: "spec_invalid" });
  writeFileSync(join(here, "package.json"), JSON.stringify({ scripts: { start: "node a.js" } }));
  assert.equal(startCommand(service, here), "node a.js");
  writeFileSync(join(here, "Procfile"), "worker: x\nweb: gunicorn app\n");
  assert.equal(startCommand(service, here), "gunicorn app");
  assert.equal(startCommand({ ...service, command: "mine" }, here), "mine");
  assert.deepEqual(shellArguments("node a.js"), ["-c", "exec node a.js"]);
  assert.deepEqual(shellArguments("A=1 node a.js"), ["-c", "A=1 node a.js"]);
  assert.deepEqual(shellArguments("a && b"), ["-c", "a && b"]);
});

test("programs get the nearest node_modules/.bin first, our Node, and none of the user's credentials", (t) => {
  const here = folder(t);
  mkdirSync(join(here, "node_modules/.bin"), { recursive: true });
  mkdirSync(join(here, "app/node_modules/.bin"), { recursive: true });
  const env = plainEnvironment(
    { ...machine, node: "/opt/node/bin/node", env: { PATH: "/bin", AWS_PROFILE: "mine", LANG: "C" } },
    join(here, "app"),
  );
  assert.equal(env["PATH"], `${here}/app/node_modules/.bin:${here}/node_modules/.bin:/opt/node/bin:/bin`);
  assert.deepEqual(Object.keys(env).sort(), ["HOME", "LANG", "PATH"]);
  assert.equal(existsSync(here), true);
});
