import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { type Binding, type BoundResource, type ErrorCode, isTrimaranError } from "@trimaran/contract";
import { createOpener } from "./open.ts";

const folder = mkdtempSync(join(tmpdir(), "trimaran-open-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function bindingOf(resources: Readonly<Record<string, Partial<BoundResource>>>): Binding {
  const common = { home: "here", needs: [], settings: { folder: join(folder, "data") } };
  const at = { app: "test", environment: "default", site: "here", cloud: "aws", revision: "1" } as const;
  const bound = Object.entries(resources).map(([name, one]) => [name, { ...common, ...one } as BoundResource] as const);
  return { version: 1, ...at, resources: Object.fromEntries(bound) };
}
const sessions = { kind: "kv", driver: "@trimaran/local/kv" } as const;

async function refused(work: Promise<unknown>, code: ErrorCode, ...parts: readonly string[]): Promise<void> {
  await assert.rejects(work, (e) => {
    assert.ok(isTrimaranError(e) && e.code === code, String(e));
    for (const part of parts) assert.ok(`${e.message}\n${e.hint}`.includes(part), `${e.message}\n${e.hint}`);
    return true;
  });
}

test("a resource is opened by its name, from a binding that is given, inline or in a file", async () => {
  const binding = bindingOf({ sessions });
  const path = join(folder, "binding.json");
  writeFileSync(path, JSON.stringify(binding));
  const openers = [
    createOpener({ binding }),
    createOpener({ env: { TRIMARAN_BINDING: JSON.stringify(binding) } }),
    createOpener({ env: { TRIMARAN_BINDING_FILE: path } }),
  ];
  for (const [i, opener] of openers.entries()) {
    await using kv = await opener.kv("sessions");
    await kv.put(`key-${i}`, "value");
    assert.equal((await kv.get("key-0"))?.text(), "value");
    assert.equal((await opener.binding()).site, "here");
  }
});

test("the binding is read once", async () => {
  const path = join(folder, "once.json");
  writeFileSync(path, JSON.stringify(bindingOf({ sessions })));
  const opener = createOpener({ env: { TRIMARAN_BINDING_FILE: path } });
  await (await opener.kv("sessions")).close();
  rmSync(path);
  await (await opener.kv("sessions")).close();
});

test("two apps in one process have their own bindings", async () => {
  const other = { ...sessions, settings: { folder: join(folder, "other") } };
  await using one = await createOpener({ binding: bindingOf({ sessions }) }).kv("sessions");
  await using two = await createOpener({ binding: bindingOf({ sessions: other }) }).kv("sessions");
  await one.put("whose", "the first app's");
  assert.equal(await two.get("whose"), undefined);
});

test("no binding, no such resource, another kind: the error shows the line to write", async () => {
  const line = "resources: { documents: { type: bucket } }";
  await refused(createOpener({ env: {} }).objects("documents"), "not_found", "TRIMARAN_BINDING", "trimaran up", line);
  const missing = createOpener({ env: { TRIMARAN_BINDING_FILE: join(folder, "nowhere.json") } });
  await refused(missing.objects("documents"), "not_found", "TRIMARAN_BINDING_FILE", line);
  const opener = createOpener({ binding: bindingOf({ sessions }) });
  await refused(opener.objects("documents"), "not_found", "documents", line);
  await refused(opener.secrets("toString"), "not_found", "type: secret");
  await refused(
    opener.objects("sessions"),
    "invalid_argument",
    "open.kv(",
    "resources: { sessions: { type: bucket } }",
  );
});

test("a binding that does not hold is refused without being printed", async () => {
  for (const text of [
    "{",
    "null",
    "[]",
    '{"version":2,"resources":{}}',
    '{"version":1,"resources":{"a":{"kind":"kv"}}}',
  ]) {
    const opener = createOpener({ env: { TRIMARAN_BINDING: text } });
    await refused(opener.kv("a"), "invalid_argument", "TRIMARAN_BINDING");
  }
});

test("a need that the driver cannot meet is refused by name, before the first call", async () => {
  const needy = { kind: "objects", driver: "@trimaran/local/objects", needs: ["signed-url"] } as const;
  const opener = createOpener({ binding: bindingOf({ documents: needy }) });
  await refused(opener.objects("documents"), "unsupported", "documents needs signed-url", "local/objects");
  await using kv = await createOpener({ binding: bindingOf({ sessions: { ...sessions, needs: ["expiry"] } }) }).kv(
    "sessions",
  );
  await kv.put("key", "value", { expiresInSeconds: 60 });
});

test("a driver that cannot open names why, under its own table", async () => {
  const path = join(folder, "a file");
  writeFileSync(path, "");
  const file = { ...sessions, settings: { folder: join(path, "below") } };
  await assert.rejects(createOpener({ binding: bindingOf({ sessions: file }) }).kv("sessions"), isTrimaranError);
  const relative = { ...sessions, settings: { folder: "relative" } };
  await refused(
    createOpener({ binding: bindingOf({ sessions: relative }) }).kv("sessions"),
    "invalid_argument",
    "absolute",
  );
});

test("a driver that is not installed: the error says what to install", async () => {
  const driver = "@trimaran/no-such-cloud/kv";
  const opener = createOpener({ binding: bindingOf({ sessions: { ...sessions, driver } }), folder });
  await refused(opener.kv("sessions"), "tool_missing", "npm install @trimaran/no-such-cloud");
});

test("a driver is found among the app's own dependencies", async () => {
  const home = join(folder, "an app", "node_modules", "my-driver");
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, "package.json"),
    '{"type":"module","exports":{"./kv":"./kv.js","./broken":"./broken.js","./none":"./none.js"}}',
  );
  writeFileSync(
    join(home, "kv.js"),
    `export const classify = () => "permission_denied";
     export const open = async () => ({ id: "my/kv", can: new Set(), native: 42, async close() {}, async get() { throw new Error("vendor"); } });`,
  );
  writeFileSync(join(home, "broken.js"), 'import "a-package-that-is-not-there";');
  writeFileSync(join(home, "none.js"), "export const other = 1;");
  const opened = (driver: string) =>
    createOpener({ binding: bindingOf({ sessions: { ...sessions, driver } }), folder: join(folder, "an app") }).kv(
      "sessions",
    );
  const kv = await opened("my-driver/kv");
  assert.equal(kv.native, 42);
  await refused(kv.get("key"), "permission_denied", "my/kv get sessions");
  await assert.rejects(opened("my-driver/broken"), { code: "ERR_MODULE_NOT_FOUND" });
  await refused(opened("my-driver/none"), "invalid_argument", "exports no open");
  await refused(opened("my-driver/not-exported"), "tool_missing");
});

test("importing the library loads nothing outside it, and opening kv loads no other driver", async () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { createOpener } = await import(${JSON.stringify(import.meta.resolve("./index.ts"))});
    const first = loaded.length;
    const kv = await createOpener({ env: process.env }).kv("sessions");
    await kv.close();
    console.log(JSON.stringify({ library: loaded.slice(0, first), driver: loaded.slice(first) }));`;
  const env = {
    ...process.env,
    TRIMARAN_BINDING: JSON.stringify(bindingOf({ sessions })),
    NODE_OPTIONS: "--no-warnings",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  const { library, driver } = JSON.parse(stdout) as {
    readonly library: readonly string[];
    readonly driver: readonly string[];
  };
  const outside = library.filter((url) => !url.startsWith("node:") && !/\/packages\/(runtime|contract)\//.test(url));
  assert.deepEqual(outside, []);
  assert.deepEqual(
    driver.filter((url) => !url.startsWith("node:") && !/\/local\/src\/(kv|drivers\/(kv|database))\.ts$/.test(url)),
    [],
  );
});
