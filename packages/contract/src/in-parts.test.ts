import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Bytes } from "./drivers.ts";
import { inParts, unlessAborted } from "./in-parts.ts";

const never = new AbortController().signal;

function bodyOf(chunks: readonly Uint8Array[], onCancel: () => void = () => undefined): Bytes {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[at++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

async function collected(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

test("parts are full but the last, and together they are the body", async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 17 }), async (given, size) => {
      const parts = await collected(inParts(bodyOf(given), () => size, never));
      assert.deepEqual(Buffer.concat(parts), Buffer.concat(given));
      assert.ok(parts.length >= 1);
      assert.ok(parts.slice(0, -1).every((part) => part.length === size));
      const last = parts.at(-1)?.length ?? 0;
      assert.ok(last <= size && (last > 0 || parts.length === 1));
    }),
    { numRuns: 300 },
  );
});

test("sizes may grow from part to part", async () => {
  const parts = await collected(inParts(bodyOf([new Uint8Array(10)]), (index) => index + 1, never));
  assert.deepEqual(
    parts.map((part) => part.length),
    [1, 2, 3, 4],
  );
});

test("stopping early cancels the body", async () => {
  let canceled = 0;
  const parts = inParts(
    bodyOf([new Uint8Array(10), new Uint8Array(10)], () => canceled++),
    () => 4,
    never,
  );
  await parts.next();
  await parts.return();
  assert.equal(canceled, 1);
});

test("an abort while the body gives nothing ends it, as an AbortError or as the timeout that it was", async () => {
  for (const [reason, name] of [
    [new Error("enough"), "AbortError"],
    [undefined, "AbortError"],
    [new DOMException("late", "TimeoutError"), "TimeoutError"],
  ] as const) {
    const stop = new AbortController();
    const silent: Bytes = new ReadableStream({ pull: () => new Promise(() => undefined) }, { highWaterMark: 0 });
    const reading = inParts(silent, () => 4, stop.signal).next();
    stop.abort(reason);
    await assert.rejects(reading, { name });
    await assert.rejects(
      unlessAborted(stop.signal, () => assert.fail("started after the abort")),
      { name },
    );
  }
});

test("a body that fails fails the parts with its own error", async () => {
  const failing: Bytes = new ReadableStream({ pull: (controller) => controller.error(new RangeError("broken")) });
  await assert.rejects(collected(inParts(failing, () => 4, never)), RangeError);
});
