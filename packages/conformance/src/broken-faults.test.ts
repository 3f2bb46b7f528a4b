import assert from "node:assert/strict";
import { test } from "node:test";
import { guard } from "@trimaran/contract";
import { kv } from "./kv/suite.ts";
import { kvStore, memoryKv } from "./memory/kv.ts";
import { memorySecrets, secretStore } from "./memory/secrets.ts";
import { secrets } from "./secrets/suite.ts";
import { type CaseResult, runSuite } from "./suite.ts";
import { memoryFaults } from "./testing/faulty-memory.ts";

type Wrong = Parameters<typeof memoryFaults>[1];

/** What is wrong, a part of the name of the case that must catch it, and how it is broken. */
const broken: readonly (readonly [string, string, Wrong])[] = [
  ["takes a refusal for an outage", "asked too often is quota_exhausted", { codes: { throttled: "unavailable" } }],
  ["gives up at the first refusal", "asked again", { codes: { throttled: "unknown" } }],
  ["takes old credentials for too few rights", "too old", { codes: { expired: "permission_denied" } }],
  ["cannot name a reset connection", "reset in its middle", { codes: { broken: "unknown" } }],
  ["calls a broken answer a timeout", "ends in its middle", { codes: { broken: "timeout" } }],
  ["calls a broken answer canceled", "ends in its middle", { codes: { broken: "canceled" } }],
  ["waits for ever", "canceled on abort", { isDeaf: true }],
];

for (const [what, caughtBy, wrong] of broken) {
  test(`a kv driver that ${what} is caught`, async () => caught(await runKv(caughtBy, wrong)));
  test(`a secrets driver that ${what} is caught`, async () => caught(await runSecrets(caughtBy, wrong)));
}

for (const caughtBy of ["conflict with itself", "where answers are lost"]) {
  test(`a kv driver that sends conditional writes again is caught: ${caughtBy}`, async () => {
    caught(await runKv(caughtBy, { sendsAgain: true }));
  });
}

test("sound drivers pass every case with faults", async () => {
  const results = [...(await runKv("", {})), ...(await runSecrets("", {}))];
  const failed = results.filter((one) => one.outcome !== "pass");
  assert.deepEqual(
    failed.map((one) => one.name),
    [],
  );
});

function caught(results: readonly CaseResult[]): void {
  assert.ok(results.length > 0, "no such case");
  assert.ok(results.some((one) => one.outcome === "fail"));
}

function runKv(caughtBy: string, wrong: Wrong): Promise<readonly CaseResult[]> {
  let store = kvStore();
  let passed = 0;
  const make = () => guard(memoryKv(store, { now: () => Date.now() + passed }), () => undefined, "test");
  return runSuite(
    { ...kv, cases: kv.cases.filter((one) => one.name.includes(caughtBy)) },
    {
      name: "memory with faults",
      timeoutMs: caughtBy === "" ? 10_000 : 1500,
      make: async () => make(),
      faults: guarded(memoryFaults(make, wrong)),
      async reset() {
        store = kvStore();
      },
      async pass(ms) {
        passed += ms;
      },
    },
  );
}

function runSecrets(caughtBy: string, wrong: Wrong): Promise<readonly CaseResult[]> {
  let store = secretStore();
  const make = () => memorySecrets(store);
  return runSuite(
    { ...secrets, cases: secrets.cases.filter((one) => one.name.includes(caughtBy)) },
    {
      name: "memory with faults",
      timeoutMs: caughtBy === "" ? 10_000 : 1500,
      make: async () => guard(make(), () => undefined, "test"),
      faults: guarded(memoryFaults(make, wrong)),
      async reset() {
        store = secretStore();
      },
    },
  );
}

/** As every driver at the door. */
function guarded<D extends { readonly id: string }>(faults: {
  make(): Promise<D>;
  readonly set: ReturnType<typeof memoryFaults>["set"];
  readonly skew?: (ms: number) => void;
}) {
  return { ...faults, make: async () => guard(await faults.make(), () => undefined, "test") };
}
