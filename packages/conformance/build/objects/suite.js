import { registerSuite } from "../suite.js";
import { bodyCases } from "./bodies.js";
import { conditionCases } from "./conditions.js";
import { faultCases } from "./faults.js";
import { keyCases } from "./keys.js";
import { listCases } from "./listing.js";
import { signedUrlCases } from "./signed-url.js";
export const objects = {
    kind: "objects",
    cases: [...bodyCases, ...conditionCases, ...keyCases, ...listCases, ...faultCases, ...signedUrlCases],
};
/** Registers the suite for drivers of kind `objects` with node:test. */
export function objectsSuite(harness) {
    registerSuite(objects, harness);
}
