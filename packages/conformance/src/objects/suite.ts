import type { ObjectDriver } from "@trimaran/contract";
import { grouped, registerSuite, type Suite } from "../suite.ts";
import { bodyCases } from "./bodies.ts";
import { connectionCases, linearizableCases } from "./broken-connections.ts";
import { conditionCases } from "./conditions.ts";
import { faultCases } from "./faults.ts";
import type { ObjectsHarness } from "./harness.ts";
import { keyCases } from "./keys.ts";
import { listCases } from "./listing.ts";
import { signedUrlCases } from "./signed-url.ts";

export const objects: Suite<ObjectDriver, ObjectsHarness> = {
  kind: "objects",
  cases: [
    ...grouped("Bytes, ranges and metadata", bodyCases),
    ...grouped("Conditional writes", [...conditionCases, ...linearizableCases]),
    ...grouped("Keys", keyCases),
    ...grouped("Lists", listCases),
    ...grouped("Aborts and failing bodies", faultCases),
    ...grouped("Signed URLs", signedUrlCases),
    ...grouped("Faults between driver and service", connectionCases),
  ],
};

/** Registers the suite for drivers of kind `objects` with node:test. */
export function objectsSuite(harness: ObjectsHarness): void {
  registerSuite(objects, harness);
}
