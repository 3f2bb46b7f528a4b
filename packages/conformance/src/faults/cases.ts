import assert from "node:assert/strict";
import { type Call, codeOf, type Driver, type ErrorCode } from "@trimaran/contract";
import type { PortContext } from "@trimaran/runtime";
import { refused } from "../expect.ts";
import type { Case, Harness } from "../suite.ts";

/** What a kind has to say of itself for its fault cases. */
export interface Acts<D> {
  /** Puts what `read` reads: above 20,000 bytes, so that its answer can break in the middle. */
  seed(driver: D, call: Call): Promise<void>;
  read(driver: D, call: Call): Promise<unknown>;
  /** Calls that ask the service: each is refused under the same code as all others. */
  readonly calls: Readonly<Record<string, (driver: D, call: Call) => Promise<unknown>>>;
  /** The same as an app does them, with the port's limits and repetitions. */
  appReads(driver: D, timeoutMs: number): Promise<unknown>;
  appWrites(driver: D, value: string): Promise<unknown>;
  appReadsBack(driver: D): Promise<string>;
}

/** For a port over a driver with `guard` around it. */
export const portContext: PortContext = {
  resource: "test",
  classify: () => undefined,
  now: Date.now,
  random: Math.random,
};

/** For the clock of a service that is ahead or behind: more than every cloud's tolerance of 15 minutes. */
const SKEW_MS = 20 * 60_000;

/** What every kind must do in every fault: the same code for the same cause, and as before when it is over. */
export function commonFaultCases<D extends Driver<string>, H extends Harness<D>>(acts: Acts<D>): readonly Case<D, H>[] {
  const refusedAs = (what: "throttled" | "expired", code: ErrorCode, name: string): Case<D, H> => ({
    name,
    async run({ driver, faulty, call }) {
      const faults = faulty();
      await acts.seed(driver, call);
      const through = await faults.make();
      await acts.read(through, call);
      faults.set({ what });
      await Promise.all(Object.values(acts.calls).map((one) => refused(one(through, call), code)));
      faults.set(undefined);
      await acts.read(through, call);
    },
  });
  const broken = (what: "reset" | "truncated", name: string): Case<D, H> => ({
    name,
    async run({ driver, faulty, call }) {
      const faults = faulty();
      await acts.seed(driver, call);
      const through = await faults.make();
      await acts.read(through, call);
      faults.set({ what, afterBytes: 5000 });
      await refused(acts.appReads(through, 30_000), "unavailable");
      faults.set(undefined);
      await acts.read(through, call);
    },
  });
  return [
    refusedAs("throttled", "quota_exhausted", "a service that says it is asked too often is quota_exhausted"),
    {
      name: "a service that says for a moment that it is asked too often is asked again",
      async run({ driver, faulty, call }) {
        const faults = faulty();
        await acts.seed(driver, call);
        const through = await faults.make();
        await acts.read(through, call);
        faults.set({ what: "throttled", times: 1 });
        await acts.appReads(through, 30_000);
        faults.set({ what: "throttled", times: 1 });
        await acts.appWrites(through, "after a refusal");
        assert.equal(await acts.appReadsBack(driver), "after a refusal");
      },
    },
    refusedAs("expired", "unauthenticated", "credentials that are too old are unauthenticated"),
    broken("reset", "an answer whose connection is reset in its middle is unavailable"),
    broken("truncated", "an answer that ends in its middle is unavailable"),
    {
      name: "an answer that does not come is a timeout at the limit, and canceled on abort",
      async run({ driver, faulty, call }) {
        const faults = faulty();
        await acts.seed(driver, call);
        const through = await faults.make();
        await acts.read(through, call);
        faults.set({ what: "silent" });
        await refused(acts.appReads(through, 300), "timeout");
        for (const one of Object.values(acts.calls)) {
          const stop = new AbortController();
          const asked = refused(one(through, { signal: stop.signal }), "canceled");
          setTimeout(() => stop.abort(), 50);
          await asked;
        }
        faults.set(undefined);
        await acts.read(through, call);
      },
    },
    {
      name: "a service whose clock is 20 minutes ahead or behind is reached all the same",
      async run({ driver, faulty, call, skip }) {
        const faults = faulty();
        if (faults.skew === undefined) return skip("the clock of the service cannot be set");
        await acts.seed(driver, call);
        for (const ms of [SKEW_MS, -SKEW_MS]) {
          faults.skew(ms);
          const through = await faults.make();
          await acts.read(through, call);
          await acts.appWrites(through, `at ${ms}`);
          assert.equal(await acts.appReadsBack(through), `at ${ms}`);
        }
      },
    },
    {
      name: "a write whose answer was lost is there, or was refused for another reason than itself",
      async run({ driver, faulty, call }) {
        const faults = faulty();
        await acts.seed(driver, call);
        const through = await faults.make();
        await acts.read(through, call);
        faults.set({ what: "lost", every: 1, times: 1 });
        const outcome = await acts.appWrites(through, "written once").then(() => "done", codeOf);
        faults.set(undefined);
        assert.ok(["done", "unavailable", "timeout"].includes(outcome), `the write ends as ${outcome}`);
        assert.equal(await acts.appReadsBack(driver), "written once");
      },
    },
  ];
}
