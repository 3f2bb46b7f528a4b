import type { KvDriver } from "@trimaran/contract";
import { grouped, registerSuite, type Suite } from "../suite.ts";
import { connectionCases, linearizableCases } from "./broken-connections.ts";
import { conditionCases } from "./conditions.ts";
import { entryCases } from "./entries.ts";
import { expiryCases } from "./expiry.ts";
import type { KvHarness } from "./harness.ts";

export const kv: Suite<KvDriver, KvHarness> = {
  kind: "kv",
  cases: [
    ...grouped("Entries, keys and scans", entryCases),
    ...grouped("Conditional writes", [...conditionCases, ...linearizableCases]),
    ...grouped("Expiry", expiryCases),
    ...grouped("Faults between driver and service", connectionCases),
  ],
};

/** Registers the suite for drivers of kind `kv` with node:test. */
export function kvSuite(harness: KvHarness): void {
  registerSuite(kv, harness);
}
