import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, guard } from "@trimaran/contract";
import type { KvHarness } from "./kv/harness.ts";
import { kv } from "./kv/suite.ts";
import { kvStore, memoryKv } from "./memory/kv.ts";
import { type CaseResult, runSuite, type Suite } from "./suite.ts";

const harness: KvHarness = {
  name: "memory",
  make: async () => guard(memoryKv(kvStore()), () => undefined, "test"),
  async reset() {},
};

function only(run: Suite<ReturnType<typeof memoryKv>, KvHarness>["cases"][number]["run"], feature?: string) {
  return { kind: "kv", cases: [{ name: "one", run, ...(feature === undefined ? {} : { feature }) }] } as const;
}

test("a skip names its case and its reason", async () => {
  const [result] = await runSuite(
    only(async () => assert.fail("ran")),
    {
      ...harness,
      skip: [{ test: "one", reason: "the service has no such thing" }],
    },
  );
  assert.deepEqual(
    [result?.outcome, result?.outcome === "skip" && result.reason],
    ["skip", "the service has no such thing"],
  );
});

test("a skip of a case that is not there is refused", async () => {
  const skip = [{ test: "a case that was renamed", reason: "any" }];
  await assert.rejects(runSuite(kv, { ...harness, skip }), (e) => codeOf(e) === "invalid_argument");
});

test("a case whose feature the driver lacks is skipped by name", async () => {
  const [result] = await runSuite(
    only(async () => assert.fail("ran"), "no-such-feature"),
    harness,
  );
  assert.equal(result?.outcome, "skip");
});

test("a case that hangs fails when its time is up, and its drivers are closed", async () => {
  let closed = 0;
  let aborted = false;
  const [result] = await runSuite(
    only(({ call }) => {
      call.signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise(() => {});
    }),
    {
      ...harness,
      timeoutMs: 20,
      make: async () => ({
        ...memoryKv(kvStore()),
        async close() {
          closed++;
        },
      }),
    },
  );
  assert.ok(result?.outcome === "fail" && codeOf(result.error) === "timeout");
  assert.deepEqual([closed, aborted], [1, true]);
});

test("every result is reported with its driver", async () => {
  const reported: CaseResult[] = [];
  await runSuite(
    only(async () => {}),
    { ...harness, report: (result) => void reported.push(result) },
  );
  assert.deepEqual(reported, [{ kind: "kv", harness: "memory", driver: "memory/kv", name: "one", outcome: "pass" }]);
});
