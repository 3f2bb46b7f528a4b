import assert from "node:assert/strict";
import { test } from "node:test";
import { kvStore, memoryKv } from "@trimaran/conformance";
import { codeOf, type KvDriver, TrimaranError } from "@trimaran/contract";
import { json, Kv } from "./kv.ts";
import { context, failing } from "./testing/context.ts";

function kvOver(change: (sound: KvDriver) => Partial<KvDriver> = () => ({})): Kv {
  const sound = memoryKv(kvStore());
  return new Kv({ ...sound, ...change(sound) }, context);
}
const unavailable = () => new TrimaranError("unavailable", "no answer");

test("text, JSON and bytes come back", async () => {
  const kv = kvOver();
  await kv.put("text", "grün");
  await kv.put("json", json({ a: [1, null] }));
  await kv.put("bytes", Uint8Array.of(0, 255));
  assert.equal((await kv.get("text"))?.text(), "grün");
  assert.deepEqual((await kv.get("json"))?.json(), { a: [1, null] });
  assert.deepEqual((await kv.get("bytes"))?.bytes(), Uint8Array.of(0, 255));
  assert.equal(await kv.get("nothing"), undefined);
});

test("keys, values and expiry are checked before anything is sent", async () => {
  const calls: string[] = [];
  const kv = kvOver((d) => ({
    put: async (k, v, how, c) => {
      calls.push(k);
      return d.put(k, v, how, c);
    },
  }));
  const refusals = [
    () => kv.put("", "x"),
    () => kv.put("ü".repeat(128), "x"),
    () => kv.put("a\0b", "x"),
    () => kv.put("\ud800", "x"),
    () => kv.put("key", new Uint8Array(350 * 1024 + 1)),
    () => kv.put("key", "x", { expiresInSeconds: 0 }),
    () => kv.put("key", "x", { expiresInSeconds: 1.5 }),
    () => kv.get("ü".repeat(128)),
    () => kv.remove(""),
  ];
  for (const refusal of refusals) await assert.rejects(refusal, (e) => codeOf(e) === "invalid_argument");
  assert.deepEqual(calls, []);
  await kv.put(`${"ü".repeat(127)}a`, new Uint8Array(350 * 1024));
});

test("expiry is refused by name where the driver cannot", async () => {
  const kv = kvOver(() => ({ can: new Set() }));
  await assert.rejects(kv.put("key", "x", { expiresInSeconds: 5 }), (e) => codeOf(e) === "unsupported");
});

test("reads and unconditional writes are made again; a conditional write whose answer was lost is not", async () => {
  const sound = memoryKv(kvStore());
  const get = failing(2, unavailable, sound.get);
  const put = failing(2, unavailable, sound.put);
  const kv = new Kv({ ...sound, get: get.call, put: put.call }, context);
  await kv.put("key", "value");
  assert.equal((await kv.get("key"))?.text(), "value");
  assert.deepEqual([put.calls(), get.calls()], [3, 3]);

  const lost = failing(1, unavailable, sound.put);
  const conditional = new Kv({ ...sound, put: lost.call }, context);
  await assert.rejects(conditional.put("new", "value", { only: "if_absent" }), (e) => codeOf(e) === "unavailable");
  assert.equal(lost.calls(), 1);
});

test("update loses nothing between many", async () => {
  const kv = kvOver();
  await Promise.all(
    Array.from({ length: 10 }, () => kv.update("counter", (now) => String(Number(now?.text() ?? 0) + 1))),
  );
  assert.equal((await kv.get("counter"))?.text(), "10");
});

test("update may leave things as they are, passes the app's error on, and ends with conflict when it always loses", async () => {
  const kv = kvOver();
  await kv.update("key", () => undefined);
  assert.equal(await kv.get("key"), undefined);
  await assert.rejects(
    kv.update("key", () => Promise.reject(new Error("the app's own"))),
    { message: "the app's own" },
  );
  let tries = 0;
  const loser = kvOver(() => ({
    async put() {
      tries++;
      throw new TrimaranError("conflict", "lost");
    },
  }));
  await assert.rejects(
    loser.update("key", () => "x"),
    (e) => codeOf(e) === "conflict",
  );
  assert.equal(tries, 30);
});

test("entries come over pages", async () => {
  const kv = kvOver();
  const keys = Array.from({ length: 450 }, (_, i) => `key-${i}`);
  for (const key of keys) await kv.put(key, key);
  const seen = [];
  for await (const entry of kv.entries()) seen.push(entry.text());
  assert.deepEqual(seen.sort(), keys.sort());
});

test("await using closes the driver", async () => {
  let closed = 0;
  {
    await using kv = kvOver(() => ({
      async close() {
        closed++;
      },
    }));
    await kv.put("key", "value");
  }
  assert.equal(closed, 1);
});
