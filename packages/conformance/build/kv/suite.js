import { registerSuite } from "../suite.js";
import { conditionCases } from "./conditions.js";
import { entryCases } from "./entries.js";
import { expiryCases } from "./expiry.js";
export const kv = {
    kind: "kv",
    cases: [...entryCases, ...conditionCases, ...expiryCases],
};
/** Registers the suite for drivers of kind `kv` with node:test. */
export function kvSuite(harness) {
    registerSuite(kv, harness);
}
