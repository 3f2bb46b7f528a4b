import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { memoryObjects, type ObjectStore, objectStore } from "@trimaran/conformance";
import { type Bytes, codeOf, type ErrorCode, type ObjectDriver, TrimaranError } from "@trimaran/contract";
import { context, failing } from "../testing/context.ts";
import { Objects } from "./objects.ts";

const MiB = 1024 * 1024;
const code = (expected: ErrorCode) => (e: unknown) => codeOf(e) === expected;
const hashOf = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

function over(store: ObjectStore, change: (sound: ObjectDriver) => Partial<ObjectDriver> = () => ({})): Objects {
  const sound = memoryObjects(store);
  return new Objects({ ...sound, ...change(sound) }, context);
}

async function* chunks(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(size).fill(i);
}

test("text, bytes, streams and iterables are written and read back", async () => {
  const objects = over(objectStore());
  await objects.write("a.txt", "grün");
  await objects.write("b", Uint8Array.of(0, 255));
  await objects.write("c.json", new Blob(['{"a":1}']).stream());
  await objects.write("d", chunks(3, 2));
  assert.equal(await (await objects.read("a.txt")).text(), "grün");
  assert.deepEqual(await (await objects.read("b")).bytes(), Uint8Array.of(0, 255));
  assert.deepEqual(await (await objects.read("c.json")).json(), { a: 1 });
  assert.deepEqual(await (await objects.read("d")).bytes(), Uint8Array.of(0, 0, 1, 1, 2, 2));
  assert.equal(await (await objects.read("a.txt", { from: 1, length: 2 })).text(), "r\ufffd");
  assert.deepEqual([await objects.exists("a.txt"), await objects.exists("zzz")], [true, false]);
  assert.equal((await objects.head("a.txt")).contentType, "text/plain; charset=utf-8");
  assert.equal((await objects.head("c.json")).contentType, "application/json");
  assert.equal((await objects.head("b")).contentType, "application/octet-stream");
});

test("what is short enough is stored with its hash, which is not the app's metadata", async () => {
  const store = objectStore();
  const objects = over(store);
  const info = await objects.write("a", "text", { metadata: { author: "somebody" } });
  assert.equal(info.sha256, hashOf("text"));
  assert.deepEqual(info.metadata, { author: "somebody" });
  assert.equal(store.objects.get("a")?.head.metadata["trimaran-sha256"], hashOf("text"));
  assert.equal((await objects.write("b", chunks(8, MiB))).sha256?.length, 64);
  const long = await objects.write("c", chunks(9, MiB));
  assert.deepEqual([long.sha256, long.size], [undefined, 9 * MiB]);
});

test("a hash that the caller knows is stored with a long stream and checked while it passes", async () => {
  const objects = over(objectStore());
  const whole = Buffer.concat(await Array.fromAsync(chunks(9, MiB)));
  const info = await objects.write("long", chunks(9, MiB), { sha256: hashOf(whole) });
  assert.equal(info.sha256, hashOf(whole));
  const other = hashOf("another");
  await assert.rejects(objects.write("long", chunks(10, MiB), { sha256: other }), code("verification_failed"));
  await assert.rejects(objects.write("long", "short", { sha256: other }), code("verification_failed"));
  assert.equal((await objects.head("long")).size, 9 * MiB, "the old object is still there");
});

test("bytes that are not those that were written are found by a whole read", async () => {
  const store = objectStore();
  const objects = over(store);
  await objects.write("a", "text");
  const stored = store.objects.get("a");
  assert.ok(stored);
  store.objects.set("a", { ...stored, bytes: new TextEncoder().encode("teXt") });
  await assert.rejects(async () => (await objects.read("a")).text(), code("verification_failed"));
  assert.equal(await (await objects.read("a", { from: 1 })).text(), "eXt", "a range cannot be checked");
});

test("a body that is too short is unavailable, one that is too long is refused", async () => {
  const cut = (by: number) => (d: ObjectDriver) => ({
    async read(...args: Parameters<ObjectDriver["read"]>) {
      const { head, body } = await d.read(...args);
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      const changed = new Uint8Array(bytes.length + by);
      changed.set(bytes.subarray(0, changed.length));
      return { head, body: new Blob([changed]).stream() as Bytes };
    },
  });
  const store = objectStore();
  await over(store).write("a", "0123456789");
  for (const range of [{}, { from: 2 }, { from: 2, length: 5 }]) {
    await assert.rejects(async () => (await over(store, cut(-1)).read("a", range)).bytes(), code("unavailable"));
    await assert.rejects(async () => (await over(store, cut(1)).read("a", range)).bytes(), code("verification_failed"));
  }
});

test("an error in the middle of a body is ours, by the driver's table, else unavailable", async () => {
  const store = objectStore();
  await over(store).write("a", "0123456789");
  const breaking = (error: unknown) =>
    over(store, (d) => ({
      read: async (k, range, c) => ({
        head: (await d.read(k, range, c)).head,
        body: new ReadableStream({ pull: (controller) => controller.error(error) }),
      }),
    }));
  await assert.rejects(async () => (await breaking(new Error("ECONNRESET")).read("a")).text(), code("unavailable"));
  const expired = new TrimaranError("unauthenticated", "expired");
  await assert.rejects(async () => (await breaking(expired).read("a")).text(), code("unauthenticated"));
});

test("a body that stands still ends at the limit, one that nobody reads does not", async () => {
  const store = objectStore();
  await over(store).write("a", "0123456789");
  const still = over(store, (d) => ({
    read: async (k, range, c) => ({ head: (await d.read(k, range, c)).head, body: new ReadableStream() }),
  }));
  const { body } = await still.read("a", { timeoutMs: 20 });
  await new Promise((resolve) => setTimeout(resolve, 40));
  await assert.rejects(body.getReader().read(), code("timeout"));
});

test("the caller's signal ends a body, and a canceled body ends the driver's", async () => {
  const store = objectStore();
  await over(store).write("a", "0123456789");
  let canceled = 0;
  const objects = over(store, (d) => ({
    read: async (k, range, c) => ({
      head: (await d.read(k, range, c)).head,
      body: new ReadableStream({ cancel: () => void canceled++ }),
    }),
  }));
  const stop = new AbortController();
  const reading = (await objects.read("a", { signal: stop.signal })).text();
  stop.abort();
  await assert.rejects(reading, code("canceled"));
  await (await objects.read("a")).body.cancel();
  assert.equal(canceled, 2);
});

test("held content is sent again, a long stream is not, nor a conditional write", async () => {
  const sound = memoryObjects(objectStore());
  const unavailable = () => new TrimaranError("unavailable", "no answer");
  const attempt = async (content: string | AsyncGenerator<Uint8Array>, only?: "if_absent") => {
    const write = failing(1, unavailable, sound.write);
    const objects = new Objects({ ...sound, write: write.call }, context);
    const outcome = await objects.write("a", content, only ? { only } : {}).then(() => "written", codeOf);
    return [outcome, write.calls()];
  };
  assert.deepEqual(await attempt("text"), ["written", 2]);
  assert.deepEqual(await attempt(chunks(2, 10)), ["written", 2]);
  assert.deepEqual(await attempt(chunks(9, MiB)), ["unavailable", 1]);
  assert.deepEqual(await attempt("text", "if_absent"), ["unavailable", 1]);
});

test("content that breaks off leaves the old object; its own error is the cause", async () => {
  const objects = over(objectStore());
  await objects.write("a", "old");
  for (const size of [10, 5 * MiB]) {
    let isClosed = false;
    const source = (async function* () {
      try {
        yield* chunks(2, size);
        throw new Error("the source's own");
      } finally {
        isClosed = true;
      }
    })();
    const isCause = (e: unknown) => ((e as Error).cause as Error).message === "the source's own";
    await assert.rejects(objects.write("a", source), isCause);
    assert.ok(isClosed);
  }
  assert.equal(await (await objects.read("a")).text(), "old");
});

test("a stream that is not read to its end is let go", async () => {
  let isClosed = false;
  const source = (async function* () {
    try {
      yield* chunks(20, MiB);
    } finally {
      isClosed = true;
    }
  })();
  const objects = over(objectStore(), () => ({
    write: () => Promise.reject(new TrimaranError("permission_denied", "no")),
  }));
  await assert.rejects(objects.write("a", source), code("permission_denied"));
  assert.ok(isClosed);
});

test("a service that acknowledges another size is not believed", async () => {
  const objects = over(objectStore(), (d) => ({
    write: async (...args) => ({ ...(await d.write(...args)), size: 1 }),
  }));
  await assert.rejects(objects.write("a", "text"), code("verification_failed"));
});

test("copy takes content, type, metadata and hash along, under a condition on the target", async () => {
  const objects = over(objectStore());
  await objects.write("a.txt", "text", { metadata: { author: "somebody" } });
  const { key, contentType, metadata, sha256 } = await objects.copy("a.txt", "b", { only: "if_absent" });
  assert.deepEqual(
    [key, contentType, metadata, sha256],
    ["b", "text/plain; charset=utf-8", { author: "somebody" }, hashOf("text")],
  );
  await assert.rejects(objects.copy("a.txt", "b", { only: "if_absent" }), code("already_exists"));
  await assert.rejects(objects.copy("nothing", "c"), code("not_found"));
});

test("list goes over pages", async () => {
  const objects = over(objectStore());
  for (let i = 0; i < 25; i++) await objects.write(`p/${String(i).padStart(2, "0")}`, "x");
  await objects.write("q", "x");
  const listed = await Array.fromAsync(objects.list({ prefix: "p/", pageSize: 4 }));
  assert.equal(listed.length, 25);
  assert.deepEqual(Object.keys(listed[0] ?? {}), ["key", "size", "revision", "modifiedAt"]);
});

test("keys, ranges, metadata, content types and URL times are checked before anything is sent", async () => {
  const objects = over(objectStore(), () => ({ can: new Set(["signed-url"]), signedUrl: () => assert.fail("sent") }));
  const refusals = [
    () => objects.write("", "x"),
    () => objects.write("ü".repeat(451), "x"),
    () => objects.write("a\0", "x"),
    () => objects.write("\udc00", "x"),
    () => objects.read("a", { from: -1 }),
    () => objects.read("a", { length: 0 }),
    () => objects.read("a", { from: 0.5 }),
    () => objects.write("a", "x", { metadata: { Upper: "x" } }),
    () => objects.write("a", "x", { metadata: { "trimaran-sha256": "x" } }),
    () => objects.write("a", "x", { metadata: { a: "ü" } }),
    () => objects.write("a", "x", { metadata: { a: " x" } }),
    () => objects.write("a", "x", { metadata: { a: "" } }),
    () => objects.write("a", "x", { metadata: { a: "x".repeat(1500) } }),
    () => objects.write("a", "x", { contentType: "text" }),
    () => objects.write("a", "x", { contentType: "text/plain\r\nx-evil: 1" }),
    () => objects.signedUrl("a", { forSeconds: 0 }),
    () => objects.signedUrl("a", { forSeconds: 604_801 }),
    () => Array.fromAsync(objects.list({ pageSize: 1001 })),
    () => Array.fromAsync(objects.list({ prefix: "\ud800" })),
  ];
  for (const refusal of refusals) await assert.rejects(refusal, code("invalid_argument"));
});

test("a signed URL comes with what must be sent; a driver that cannot sign is refused by name", async () => {
  const now = () => 1_000_000;
  const signing = {
    can: new Set(["signed-url"] as const),
    signedPutHeaders: { "x-blob": "1" },
    signedUrl: async () => "https://signed",
  };
  const objects = new Objects({ ...memoryObjects(objectStore()), ...signing }, { ...context, now });
  assert.deepEqual(await objects.signedUrl("a", { method: "PUT", forSeconds: 60 }), {
    url: "https://signed",
    method: "PUT",
    headers: { "x-blob": "1" },
    expiresAt: new Date(1_060_000),
  });
  assert.deepEqual((await objects.signedUrl("a")).headers, {});
  await assert.rejects(over(objectStore()).signedUrl("a"), code("unsupported"));
});

test("a source that stands still does not hold a write that is stopped", async () => {
  for (const first of [10, 9 * MiB]) {
    const stop = new AbortController();
    const source = (async function* () {
      yield new Uint8Array(first);
      await new Promise<never>(() => {});
    })();
    const writing = over(objectStore()).write("a", source, { signal: stop.signal });
    setTimeout(() => stop.abort(), 10);
    await assert.rejects(writing, code("canceled"));
  }
});

test("closing twice closes once", async () => {
  let closed = 0;
  const objects = over(objectStore(), () => ({
    async close() {
      closed++;
    },
  }));
  await Promise.all([objects.close(), objects.close()]);
  assert.equal(closed, 1);
});
