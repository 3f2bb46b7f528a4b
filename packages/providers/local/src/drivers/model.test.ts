import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { kvStore, memoryKv, memoryObjects, objectStore } from "@trimaran/conformance";
import { codeOf, type KvDriver, type ObjectDriver } from "@trimaran/contract";
import fc from "fast-check";
import { isLong } from "../../../../../test/parts.ts";
import { openLocalKv } from "./kv.ts";
import { openLocalObjects } from "./objects.ts";

const folder = mkdtempSync(join(tmpdir(), "trimaran-model-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const options = { numRuns: isLong ? 300 : 25, seed: 7 };
const call = { signal: new AbortController().signal };
let places = 0;

/** Few keys, so that operations meet; any text, so that none is special. */
const key = fc.oneof(
  fc.constantFrom("a", "a/", "a/b", "\u{10000}", "\uffff", "%"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter((k) => k.isWellFormed() && !k.includes("\0")),
);
const step = fc.record({
  what: fc.constantFrom("put", "put", "put", "remove", "get", "list", "pass"),
  key,
  value: fc.uint8Array({ maxLength: 20 }),
  only: fc.constantFrom(undefined, undefined, "if_absent", "current", "stale"),
  expires: fc.constantFrom(undefined, undefined, 1, 60),
  limit: fc.integer({ min: 1, max: 5 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The revision to name, of each driver its own: revisions are opaque. */
async function onlyOf(want: Step["only"], current: () => Promise<string | undefined>) {
  if (want === undefined || want === "if_absent") return want === undefined ? {} : { only: "if_absent" as const };
  return { only: { ifRevision: want === "current" ? ((await current()) ?? "none") : "stale" } };
}

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  return work().catch(codeOf);
}

test("local kv does what a map does, whatever the order of calls", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    let now = 1_000_000;
    const clock = { now: () => now };
    const drivers = [memoryKv(kvStore(), clock), await openLocalKv(join(folder, `kv-${++places}`), clock)];
    for (const one of steps) {
      if (one.what === "pass") now += 700;
      const [expected, actual] = await Promise.all(drivers.map((driver) => outcome(() => kvStep(driver, one))));
      assert.deepEqual(actual, expected);
    }
    await Promise.all(drivers.map((driver) => driver.close()));
  });
  await fc.assert(property, options);
});

async function kvStep(driver: KvDriver, { what, key: name, value, only, expires, limit }: Step): Promise<unknown> {
  const revision = async () => (await driver.get(name, call))?.revision;
  if (what === "get") return (await driver.get(name, call))?.value.join();
  if (what === "put") {
    const how = { ...(await onlyOf(only, revision)), ...(expires === undefined ? {} : { expiresInSeconds: expires }) };
    return void (await driver.put(name, value, how, call));
  }
  if (what === "remove") {
    const how = await onlyOf(only === "if_absent" ? undefined : only, revision);
    return driver.remove(name, typeof how.only === "object" ? how.only : {}, call);
  }
  const all: string[] = [];
  let after: string | undefined;
  do {
    const page = await driver.scan({ limit, ...(after === undefined ? {} : { after }) }, call);
    all.push(...page.items.map((entry) => `${entry.key}=${entry.value.join()}`));
    after = page.next;
  } while (after !== undefined);
  return all.sort();
}

test("local objects do what a map does, whatever the order of calls", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const drivers = [memoryObjects(objectStore()), await openLocalObjects(join(folder, `objects-${++places}`))];
    for (const one of steps) {
      const [expected, actual] = await Promise.all(drivers.map((driver) => outcome(() => objectStep(driver, one))));
      assert.deepEqual(actual, expected);
    }
    await Promise.all(drivers.map((driver) => driver.close()));
  });
  await fc.assert(property, options);
});

async function objectStep(driver: ObjectDriver, { what, key: name, value, only, limit }: Step): Promise<unknown> {
  const revision = async () => (await driver.head(name, call).catch(() => undefined))?.revision;
  if (what === "get") {
    const { head, body } = await driver.read(name, { from: 0, length: limit }, call);
    return [head.size, new Uint8Array(await new Response(body).arrayBuffer()).join()];
  }
  if (what === "put") {
    const how = { contentType: "a/b", metadata: { length: String(value.length) }, ...(await onlyOf(only, revision)) };
    return (await driver.write(name, new Blob([value as BlobPart]).stream(), how, call)).size;
  }
  if (what === "remove") {
    const how = await onlyOf(only === "if_absent" ? undefined : only, revision);
    return driver.remove(name, typeof how.only === "object" ? how.only : {}, call);
  }
  const all: unknown[] = [];
  let after: string | undefined;
  const prefix = what === "list" ? name.slice(0, 1) : "";
  do {
    if (!prefix.isWellFormed()) return undefined;
    const page = await driver.list({ prefix, limit, ...(after === undefined ? {} : { after }) }, call);
    all.push(...page.items.map((head) => [head.key, head.size, head.metadata]));
    after = page.next;
  } while (after !== undefined);
  return all;
}
