import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { bytesOf, noBytes } from "./bytes-of.ts";

const never = new AbortController().signal;

test("the bytes come through in order, and an empty body is empty", async () => {
  const stream = Readable.from([Buffer.from("one "), Buffer.from("two")]);
  assert.equal(await new Response(bytesOf(stream, never)).text(), "one two");
  assert.equal(await new Response(noBytes()).text(), "");
});

test("canceling destroys the stream below, before the first byte and after", async () => {
  for (const readFirst of [false, true]) {
    const stream = new Readable({ read: () => undefined });
    stream.push("first");
    const body = bytesOf(stream, never);
    const reader = body.getReader();
    if (readFirst) await reader.read();
    await reader.cancel();
    assert.ok(stream.destroyed);
  }
});

test("an abort fails the body, also when nobody reads it", async () => {
  const stop = new AbortController();
  const unread = new Readable({ read: () => undefined });
  bytesOf(unread, stop.signal);
  const stream = new Readable({ read: () => undefined });
  const reading = bytesOf(stream, stop.signal).getReader().read();
  stop.abort();
  await assert.rejects(reading, { name: "AbortError" });
  assert.ok(unread.destroyed);
});

test("an error below is the reader's error", async () => {
  const stream = new Readable({ read: () => undefined });
  const reading = bytesOf(stream, never).getReader().read();
  stream.destroy(new RangeError("broken"));
  await assert.rejects(reading, RangeError);
});
