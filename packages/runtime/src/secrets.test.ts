import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { memorySecrets, secretStore } from "@trimaran/conformance";
import { codeOf, type SecretDriver, TrimaranError } from "@trimaran/contract";
import { Secrets } from "./secrets.ts";
import { context, failing } from "./testing/context.ts";

function counted(store = secretStore()) {
  const sound = memorySecrets(store);
  const get = failing(0, () => undefined, sound.get);
  const driver: SecretDriver = { ...sound, get: get.call };
  let now = 1_000_000;
  const secrets = new Secrets(driver, { ...context, now: () => now });
  return { secrets, sound, reads: get.calls, pass: (ms: number) => void (now += ms) };
}
const call = { signal: new AbortController().signal };

test("a value is read once in five minutes, by however many at the same time", async () => {
  const { secrets, sound, reads, pass } = counted();
  await sound.put("value", "first", call);
  const all = await Promise.all(Array.from({ length: 10 }, () => secrets.get()));
  assert.ok(all.every((secret) => secret.reveal() === "first"));
  assert.equal(reads(), 1);
  await sound.put("value", "second", call);
  pass(5 * 60_000 - 1);
  assert.equal((await secrets.get()).reveal(), "first");
  pass(1);
  assert.equal((await secrets.get()).reveal(), "second");
  assert.equal(reads(), 2);
});

test("a rotation is told once, by the read that finds it", async () => {
  const { secrets, sound } = counted();
  const told: string[] = [];
  const end = secrets.onRotate((name, secret) => void told.push(`${name}=${secret.reveal()}`));
  await sound.put("value", "first", call);
  await secrets.get();
  await secrets.refresh();
  await sound.put("value", "second", call);
  await secrets.refresh();
  await secrets.refresh();
  assert.deepEqual(told, ["value=second"]);
  end();
  await secrets.put("third");
  assert.deepEqual(told, ["value=second"]);
});

test("what was put is what is read, at once", async () => {
  const { secrets } = counted();
  await secrets.put("first");
  await secrets.get();
  const { version } = await secrets.put("second");
  assert.equal((await secrets.get()).reveal(), "second");
  assert.equal((await secrets.getVersion(version)).reveal(), "second");
  await secrets.remove("value");
  await assert.rejects(secrets.get(), (e) => codeOf(e) === "not_found");
});

test("a read that was under way while the value changed does not go into the cache", async () => {
  const sound = memorySecrets(secretStore());
  await sound.put("value", "old", call);
  const gate = Promise.withResolvers<void>();
  let reads = 0;
  const get: SecretDriver["get"] = async (name, version, c) => {
    const found = await sound.get(name, version, c);
    if (reads++ === 0) await gate.promise;
    return found;
  };
  const secrets = new Secrets({ ...sound, get }, context);
  const reading = secrets.get();
  await secrets.put("new");
  gate.resolve();
  await reading;
  assert.equal((await secrets.get()).reveal(), "new");
});

test("while the service does not answer, a cached value is given; an error that means something is thrown", async () => {
  const sound = memorySecrets(secretStore());
  await sound.put("value", "cached", call);
  let now = 0;
  let code: "unavailable" | "permission_denied" | undefined;
  let reads = 0;
  const get: SecretDriver["get"] = async (name, version, c) => {
    reads++;
    if (code !== undefined) throw new TrimaranError(code, "failed");
    return sound.get(name, version, c);
  };
  const secrets = new Secrets({ ...sound, get }, { ...context, now: () => now });
  await secrets.get();
  now += 6 * 60_000;
  code = "unavailable";
  assert.equal((await secrets.get()).reveal(), "cached");
  const after = reads;
  assert.equal((await secrets.get()).reveal(), "cached");
  assert.equal(reads, after, "not asked again at once");
  code = "permission_denied";
  now += 60_000;
  await assert.rejects(secrets.get(), (e) => codeOf(e) === "permission_denied");
  await assert.rejects(secrets.refresh(), (e) => codeOf(e) === "permission_denied");
});

test("names and values are checked before anything is sent", async () => {
  const { secrets } = counted();
  for (const name of ["", "A", "1a", "a_b", "a".repeat(128), "a/b"]) {
    await assert.rejects(secrets.get(name), (e) => codeOf(e) === "invalid_argument");
  }
  for (const value of ["", "x".repeat(25 * 1024 + 1), "\ud800", "a\0b"]) {
    await assert.rejects(secrets.put(value), (e) => codeOf(e) === "invalid_argument");
  }
});

test("a secret is not printed", async () => {
  const { secrets } = counted();
  await secrets.put("hidden");
  const secret = await secrets.get();
  assert.equal(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`, '[secret] {"secret":"[secret]"} [secret]');
  assert.ok(!inspect(secrets, { depth: 10, showHidden: true }).includes("hidden"));
});

test("names are listed over pages", async () => {
  const { secrets } = counted();
  const names = Array.from({ length: 120 }, (_, i) => `name-${String(i).padStart(3, "0")}`);
  for (const name of names) await secrets.put("x", name);
  assert.deepEqual(await Array.fromAsync(secrets.list()), names);
});
