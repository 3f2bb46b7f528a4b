import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, type ErrorCode, TrimaranError } from "@trimaran/contract";
import { type CallOptions, call, type Repeat } from "./limits.ts";
import { context } from "./testing/context.ts";

const failure = (code: ErrorCode) => new TrimaranError(code, "failed");

async function attempts(repeat: Repeat, code: ErrorCode, options: CallOptions = {}): Promise<number> {
  let made = 0;
  const work = call(options, "test", repeat, context, async () => {
    made++;
    throw failure(code);
  });
  await assert.rejects(work, (e) => codeOf(e) === code);
  return made;
}

test("a call is made again five times at most, and only for errors that pass by themselves", async () => {
  assert.equal(await attempts("always", "unavailable"), 5);
  assert.equal(await attempts("always", "quota_exhausted"), 5);
  assert.equal(await attempts("always", "not_found"), 1);
  assert.equal(await attempts("always", "permission_denied"), 1);
  assert.equal(await attempts("always", "unknown"), 1);
});

test("where an attempt may have counted, only a refused one is made again", async () => {
  assert.equal(await attempts("refused", "unavailable"), 1);
  assert.equal(await attempts("refused", "timeout"), 1);
  assert.equal(await attempts("refused", "quota_exhausted"), 5);
  assert.equal(await attempts("never", "quota_exhausted"), 1);
});

test("delays grow, are bounded and are drawn from zero to their bound", async () => {
  const drawn: number[] = [];
  const random = () => {
    drawn.push(1);
    return 0;
  };
  await assert.rejects(
    call({}, "test", "always", { ...context, random }, () => Promise.reject(failure("unavailable"))),
  );
  assert.equal(drawn.length, 4, "four delays between five attempts");
});

test("a call that gets no answer ends at its limit, also when the driver ignores its signal", async () => {
  let aborted: unknown;
  const work = call({ timeoutMs: 20 }, "kv get", "always", context, ({ signal }) => {
    signal.addEventListener("abort", () => {
      aborted = signal.reason;
    });
    return new Promise<never>(() => {});
  });
  await assert.rejects(work, (e) => codeOf(e) === "timeout" && (e as Error).message.includes("20 ms"));
  assert.equal(codeOf(aborted), "timeout");
});

test("the limit is for all attempts together", async () => {
  let made = 0;
  const slow = { ...context, random: () => 1 };
  const work = call({ timeoutMs: 30 }, "test", "always", slow, async () => {
    made++;
    throw failure("unavailable");
  });
  await assert.rejects(work, (e) => codeOf(e) === "timeout");
  assert.equal(made, 1, "the first delay is longer than the limit");
});

test("a vendor's AbortError is a timeout when our limit caused it, and canceled when the caller did", async () => {
  const driver = ({ signal }: { readonly signal: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
  await assert.rejects(call({ timeoutMs: 10 }, "test", "always", context, driver), (e) => codeOf(e) === "timeout");
  const stop = new AbortController();
  const work = call({ signal: stop.signal }, "test", "always", context, driver);
  stop.abort(new Error("the user left"));
  await assert.rejects(
    work,
    (e) => codeOf(e) === "canceled" && ((e as Error).cause as Error).message === "the user left",
  );
});

test("nothing is sent when the caller's signal was aborted before", async () => {
  let made = 0;
  const work = call({ signal: AbortSignal.abort() }, "test", "always", context, async () => made++);
  await assert.rejects(work, (e) => codeOf(e) === "canceled");
  assert.equal(made, 0);
});

test("a limit that is no number above zero is refused", async () => {
  for (const timeoutMs of [0, -1, Number.NaN]) {
    await assert.rejects(
      call({ timeoutMs }, "test", "always", context, async () => {}),
      (e) => codeOf(e) === "invalid_argument",
    );
  }
  assert.equal(await call({ timeoutMs: Number.POSITIVE_INFINITY }, "test", "always", context, async () => 7), 7);
});
