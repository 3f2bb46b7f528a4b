import { describe, test } from "node:test";
import { type Call, type Driver, type DriverKind, TrimaranError } from "@trimaran/contract";
import type { Faults } from "./faults/fault.ts";

/** What a provider's test hands over to prove a driver. */
export interface Harness<D> {
  /** Says which driver on which implementation: "aws/s3 on moto". */
  readonly name: string;
  /** A driver with `guard` around it. Two calls see the same data. */
  make(): Promise<D>;
  /** A fresh, empty place. Called before each case; drivers made earlier are closed by then. */
  reset(): Promise<void>;
  /** Cases that cannot hold here, by name, each with the reason. A name that no case has is an error. */
  readonly skip?: readonly { readonly test: string; readonly reason: string }[];
  /** For each case, milliseconds; 60,000 when left out. */
  readonly timeoutMs?: number;
  /** Where things can be made to go wrong; the cases that need it are skipped by name where it is left out. */
  readonly faults?: Faults<D>;
  /** Gets every result, for whoever makes a table of them. */
  readonly report?: (result: CaseResult) => void;
}

export interface CaseContext<D, H> {
  readonly driver: D;
  readonly harness: H;
  /** Aborted when the case's time is up. */
  readonly call: Call;
  /** One more driver over the same data; closed after the case. */
  another(): Promise<D>;
  /** Faults, and drivers that suffer them, closed after the case. Skips the case where the harness has none. */
  faulty(): { readonly set: Faults<D>["set"]; readonly skew: Faults<D>["skew"]; make(): Promise<D> };
  /** Ends the case as skipped: what it needs is not here. */
  skip(reason: string): never;
}

export interface Case<D, H> {
  readonly name: string;
  /** What the case is about, for whoever makes a table: cases of a group follow each other. */
  readonly group?: string;
  /** Runs only where the driver's `can` has it. */
  readonly feature?: string;
  run(c: CaseContext<D, H>): Promise<void>;
}

export interface Suite<D, H extends Harness<D>> {
  readonly kind: DriverKind;
  readonly cases: readonly Case<D, H>[];
}

export type CaseResult = {
  readonly kind: DriverKind;
  readonly harness: string;
  readonly name: string;
  /** "" when the case never got a driver. */
  readonly driver: string;
} & (
  | { readonly outcome: "pass" }
  | { readonly outcome: "fail"; readonly error: unknown }
  /** `feature` is there when the driver does not say that it has it. */
  | { readonly outcome: "skip"; readonly reason: string; readonly feature?: string }
);

/** The cases under one heading. */
export function grouped<D, H>(group: string, cases: readonly Case<D, H>[]): readonly Case<D, H>[] {
  return cases.map((one) => ({ ...one, group }));
}

/** Runs every case, one after the other, without a test runner. Never throws for a failing case. */
export async function runSuite<D extends Driver<string>, H extends Harness<D>>(
  suite: Suite<D, H>,
  harness: H,
): Promise<readonly CaseResult[]> {
  checkSkips(suite, harness);
  const results: CaseResult[] = [];
  for (const one of suite.cases) results.push(await runCase(suite, one, harness));
  return results;
}

/**
 * Registers every case as a test of node:test, under the harness's name. A case that does not apply (the harness or the driver says so)
 * ends with a diagnostic that gives the reason; `report` hears of it as a skip, so that a record of the results notices a new gap.
 */
export function registerSuite<D extends Driver<string>, H extends Harness<D>>(suite: Suite<D, H>, harness: H): void {
  checkSkips(suite, harness);
  describe(`${suite.kind}: ${harness.name}`, () => {
    for (const one of suite.cases) {
      test(one.name, async (t) => {
        const result = await runCase(suite, one, harness);
        if (result.outcome === "skip") t.diagnostic(`does not apply: ${result.reason}`);
        if (result.outcome === "fail") throw result.error;
      });
    }
  });
}

function checkSkips<D, H extends Harness<D>>(suite: Suite<D, H>, harness: H): void {
  const unknown = (harness.skip ?? []).filter((s) => !suite.cases.some((c) => c.name === s.test));
  if (unknown.length > 0) {
    throw new TrimaranError("invalid_argument", `no such case: ${unknown.map((s) => s.test).join(", ")}`);
  }
}

async function runCase<D extends Driver<string>, H extends Harness<D>>(
  suite: Suite<D, H>,
  one: Case<D, H>,
  harness: H,
): Promise<CaseResult> {
  const opened: D[] = [];
  const done = (rest: Outcome): CaseResult => {
    const at = { kind: suite.kind, harness: harness.name, name: one.name, driver: opened[0]?.id ?? "" };
    const result = { ...at, ...rest };
    harness.report?.(result);
    return result;
  };
  const skipped = harness.skip?.find((s) => s.test === one.name);
  if (skipped !== undefined) return done({ outcome: "skip", reason: skipped.reason });

  const make = async (from = harness.make) => {
    const driver = await from();
    opened.push(driver);
    return driver;
  };
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const ms = harness.timeoutMs ?? 60_000;
    timer = setTimeout(() => {
      limit.abort();
      reject(new TrimaranError("timeout", `the case did not end within ${ms} ms`));
    }, ms);
  });
  const skip = (reason: string): never => {
    throw new Skip(reason);
  };
  const work = async (): Promise<Outcome> => {
    await harness.reset();
    const driver = await make();
    if (one.feature !== undefined && !driver.can.has(one.feature)) {
      const { feature } = one;
      return { outcome: "skip", reason: `${driver.id} does not say that it can: ${feature}`, feature };
    }
    const faulty = () => {
      const { faults } = harness;
      if (faults === undefined) return skip("nothing can be made to go wrong here");
      return { set: faults.set, skew: faults.skew, make: () => make(faults.make) };
    };
    await one.run({ driver, harness, call: { signal: limit.signal }, another: () => make(), faulty, skip });
    return { outcome: "pass" };
  };
  try {
    return done(await Promise.race([work(), late]));
  } catch (e) {
    return done(e instanceof Skip ? { outcome: "skip", reason: e.message } : { outcome: "fail", error: e });
  } finally {
    clearTimeout(timer);
    harness.faults?.set(undefined);
    harness.faults?.skew?.(0);
    await Promise.allSettled(opened.map((driver) => driver.close()));
  }
}

class Skip extends Error {}

type Outcome =
  | { readonly outcome: "pass" }
  | { readonly outcome: "fail"; readonly error: unknown }
  | { readonly outcome: "skip"; readonly reason: string; readonly feature?: string };
