import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openStore } from "./store.ts";
import { BodyTooLarge, ConditionFailed, type StagedBody, type Store } from "./types.ts";

const META = { contentType: "text/plain", headers: {}, metadata: { a: "ä" } };
const MANY = 300_000; // more than an inline body

function open(t: TestContext): { store: Store; folder: string; reopen: () => Promise<Store> } {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  const opened = [openStore(folder)];
  t.after(async () => {
    for (const store of opened) await store.close();
    rmSync(folder, { recursive: true });
  });
  const reopen = async () => {
    await opened.at(-1)!.close();
    opened.push(openStore(folder));
    return opened.at(-1)!;
  };
  opened[0]!.objects.createBucket("b", 1);
  return { store: opened[0]!, folder, reopen };
}

async function* chunks(bytes: Uint8Array, size = 40_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const stage = (store: Store, bytes: Uint8Array | string): Promise<StagedBody> =>
  store.objects.stage(chunks(typeof bytes === "string" ? Buffer.from(bytes) : bytes), { ephemeral: true });

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

test("a body comes back with its digests, small and large, whole and in part", async (t) => {
  const { store } = open(t);
  for (const size of [0, 1, 9, 65_536, 65_537, MANY]) {
    const bytes = randomBytes(size);
    const staged = await stage(store, bytes);
    const object = store.objects.commit("b", `k${size}`, staged, META);
    assert.equal(object.size, size);
    assert.deepEqual(await bytesOf(store.objects.read(object)), bytes);
    assert.deepEqual(await bytesOf(store.objects.read(object, 3, 8)), bytes.subarray(3, 8));
    assert.deepEqual(store.objects.head("b", `k${size}`), object);
  }
  const nine = store.objects.commit("b", "nine", await stage(store, "123456789"), META);
  assert.equal(Buffer.from(nine.crc32c).toString("hex"), "e3069283");
  assert.equal(Buffer.from(nine.md5).toString("hex"), "25f9e794323b453885f5181f1b624d0b");
});

test("a condition is judged in the write's transaction, and a failed one leaves everything as it was", async (t) => {
  const { store } = open(t);
  const first = store.objects.commit("b", "k", await stage(store, "one"), META, (now) => now === undefined);
  const staged = await stage(store, "two");
  assert.throws(
    () => store.objects.commit("b", "k", staged, META, (now) => now === undefined),
    (e) => e instanceof ConditionFailed,
  );
  assert.throws(() => store.objects.remove("b", "k", () => false), ConditionFailed);
  assert.throws(() => store.objects.describe("b", "k", META, () => false), ConditionFailed);
  assert.deepEqual(store.objects.head("b", "k"), first);
  const second = store.objects.commit("b", "k", staged, META, (now) => now?.generation === first.generation);
  assert.ok(second.generation > first.generation);
  assert.equal((await bytesOf(store.objects.read(second))).toString(), "two");
  const described = store.objects.describe("b", "k", { ...META, contentType: "x/y" });
  assert.deepEqual(
    [described?.metageneration, described?.contentType, described?.generation],
    [2, "x/y", second.generation],
  );
  assert.equal(store.objects.remove("b", "k"), true);
  assert.equal(store.objects.remove("b", "k"), false);
});

test("an object that is read stays readable to its end when it is replaced or removed", async (t) => {
  const { store, folder } = open(t);
  const bytes = randomBytes(MANY);
  const object = store.objects.commit("b", "k", await stage(store, bytes), META);
  const reader = store.objects.read(object);
  store.objects.commit("b", "k", await stage(store, "new"), META);
  assert.throws(() => store.objects.read(object));
  assert.deepEqual(await bytesOf(reader), bytes);
  for (let i = 0; i < 200 && readdirSync(join(folder, "bodies")).length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(readdirSync(join(folder, "bodies")), []);
});

test("a stream that fails or is too long leaves nothing behind", async (t) => {
  const { store, folder } = open(t);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield randomBytes(MANY);
    throw new Error("the client went away");
  }
  await assert.rejects(store.objects.stage(broken()), /went away/);
  await assert.rejects(
    store.objects.stage(chunks(randomBytes(MANY)), { maxBytes: MANY - 1 }),
    (e) => e instanceof BodyTooLarge,
  );
  assert.deepEqual([...readdirSync(join(folder, "incoming")), ...readdirSync(join(folder, "bodies"))], []);
});

test("staged bodies outlive a restart, join in order and are discarded; ephemeral ones and strangers are swept", async (t) => {
  const { store, folder, reopen } = open(t);
  const [a, b] = [randomBytes(MANY), randomBytes(10)];
  const parts = [await store.objects.stage(chunks(a)), await store.objects.stage(chunks(b))];
  await stage(store, randomBytes(MANY));
  writeFileSync(join(folder, "bodies", "stranger"), "x");
  writeFileSync(join(folder, "incoming", "half"), "x");
  const again = await reopen();
  assert.deepEqual(readdirSync(join(folder, "bodies")), [parts[0]!.id]);
  assert.deepEqual(readdirSync(join(folder, "incoming")), []);
  assert.deepEqual({ ...again.objects.staged(parts[1]!.id) }, parts[1]);
  const whole = await again.objects.join(parts);
  const object = again.objects.commit("b", "k", whole, META);
  assert.deepEqual(await bytesOf(again.objects.read(object)), Buffer.concat([a, b]));
  again.objects.discard(parts.map((part) => part.id));
  assert.equal(again.objects.staged(parts[0]!.id), undefined);
  assert.equal(again.objects.staged(whole.id), undefined, "what is an object's is no longer staged");
  assert.throws(() => again.objects.commit("b", "k2", whole, META));
});

test("a clone is its own: it stays when the original goes", async (t) => {
  const { store } = open(t);
  for (const bytes of [randomBytes(MANY), randomBytes(5)]) {
    const object = store.objects.commit("b", "from", await stage(store, bytes), META);
    const copy = store.objects.commit("b", "to", store.objects.clone(object, { ephemeral: true }), META);
    store.objects.remove("b", "from");
    assert.deepEqual(await bytesOf(store.objects.read(copy)), bytes);
  }
});

test("buckets are made once, and go only when they are empty", async (t) => {
  const { store } = open(t);
  assert.equal(store.objects.createBucket("b", 2), false);
  assert.deepEqual(store.objects.buckets(), [{ name: "b", createdAt: 1 }]);
  store.objects.commit("b", "k", await stage(store, "x"), META);
  assert.equal(store.objects.removeBucket("b"), "not_empty");
  store.objects.remove("b", "k");
  assert.equal(store.objects.removeBucket("b"), "removed");
  assert.equal(store.objects.removeBucket("b"), "missing");
});

test("records: ranges, spaces, and transactions that roll back, objects with them", async (t) => {
  const { store } = open(t);
  const { records } = store;
  for (const key of ["a", "b/1", "b/2", "b\u{10ffff}", "c", "nul\0x", "é", "\u{feff}"])
    records.put("s/1", key, `v:${key}`);
  records.put("s/2", "a", new Uint8Array([0, 255]));
  records.put("t", "a", "x");
  const keys = (q: Parameters<typeof records.list>[1]) => records.list("s/1", q).map((r) => r.key);
  assert.deepEqual(keys({ limit: 99 }), ["a", "b/1", "b/2", "b\u{10ffff}", "c", "nul\0x", "é", "\u{feff}"]);
  assert.deepEqual(keys({ prefix: "b", limit: 99 }), ["b/1", "b/2", "b\u{10ffff}"]);
  assert.deepEqual(keys({ after: "b/1", before: "c", limit: 99 }), ["b/2", "b\u{10ffff}"]);
  assert.deepEqual(keys({ from: "b/1", limit: 2 }), ["b/1", "b/2"]);
  assert.deepEqual(records.spaces("s/"), ["s/1", "s/2"]);
  assert.deepEqual(records.get("s/2", "a")?.value, new Uint8Array([0, 255]));
  const staged = await stage(store, "x");
  assert.throws(() =>
    records.transaction(() => {
      records.put("s/1", "a", "changed");
      store.objects.commit("b", "k", staged, META);
      assert.throws(() =>
        records.transaction(() => {
          records.remove("s/1", "c");
          throw new Error("inner");
        }),
      );
      assert.equal(records.get("s/1", "c")?.key, "c");
      throw new Error("outer");
    }),
  );
  assert.equal(Buffer.from(records.get("s/1", "a")!.value).toString(), "v:a");
  assert.equal(store.objects.head("b", "k"), undefined);
  store.objects.commit("b", "k", staged, META);
  assert.equal(records.remove("s/1", "c"), true);
  assert.equal(records.remove("s/1", "c"), false);
});

test("a second opener is told that the folder is taken", (t) => {
  const { folder } = open(t);
  assert.throws(
    () => openStore(folder),
    (e) => (e as { code?: string }).code === "lease_held",
  );
});
