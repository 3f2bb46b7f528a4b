import type { KvDriver } from "@trimaran/contract";
import { registerSuite, type Suite } from "../suite.ts";
import { conditionCases } from "./conditions.ts";
import { entryCases } from "./entries.ts";
import { expiryCases } from "./expiry.ts";
import type { KvHarness } from "./harness.ts";

export const kv: Suite<KvDriver, KvHarness> = {
  kind: "kv",
  cases: [...entryCases, ...conditionCases, ...expiryCases],
};

/** Registers the suite for drivers of kind `kv` with node:test. */
export function kvSuite(harness: KvHarness): void {
  registerSuite(kv, harness);
}
