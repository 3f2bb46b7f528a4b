import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openLocalKv } from "./kv.ts";
import { openLocalObjects } from "./objects.ts";
import { openLocalSecrets } from "./secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "trimaran-processes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const call = { signal: new AbortController().signal };
const body = (text: string) => new Blob([text]).stream();
const plain = { contentType: "text/plain", metadata: {} };

async function counted(...args: readonly string[]): Promise<void> {
  const child = fork(join(import.meta.dirname, "testing/increments.ts"), [folder, ...args], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (part: Buffer) => {
    said += part;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, said);
}

test("processes that open one folder at the same time and count together lose nothing", async () => {
  await Promise.all([counted("20"), counted("20"), counted("20")]);
  const kv = await openLocalKv(folder);
  assert.equal(new TextDecoder().decode((await kv.get("counter", call))?.value), "60");
  const objects = await openLocalObjects(folder);
  const read = await objects.read("counter", { from: 0 }, call);
  assert.equal(await new Response(read.body).text(), "60");
  await kv.close();
  await objects.close();
});

test("what was replaced or removed leaves no file, and a killed write's file is swept later", async () => {
  const place = join(folder, "sweep");
  const bodies = () =>
    readdirSync(join(place, "bodies"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  let now = Date.now();
  const objects = await openLocalObjects(place, { now: () => now });
  for (const text of ["one", "two", "three"]) await objects.write("object", body(text), plain, call);
  await objects.write("other", body("other"), plain, call);
  await objects.remove("other", {}, call);
  assert.equal(bodies().length, 1);

  // A write that hangs stands for one whose process was killed: its body is there, and nobody will ever commit it.
  const stop = new AbortController();
  const hanging = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from("half")) });
  const writing = objects.write("object", hanging, plain, { signal: stop.signal }).catch((e: unknown) => e);
  while (bodies().length < 2) await new Promise((resolve) => setImmediate(resolve));
  now += 25 * 3600_000;
  const second = await openLocalObjects(place, { now: () => now });
  assert.equal(bodies().length, 1);
  assert.equal(await new Response((await second.read("object", { from: 0 }, call)).body).text(), "three");
  stop.abort();
  await writing;
  await objects.close();
  await second.close();
});

test("files with secrets are for their owner only", async () => {
  const place = join(folder, "secret");
  const secrets = await openLocalSecrets(place);
  await secrets.put("value", "hidden", call);
  assert.equal(statSync(place).mode & 0o777, 0o700);
  for (const file of readdirSync(place)) assert.equal(statSync(join(place, file)).mode & 0o077, 0, file);
  await secrets.close();
});
