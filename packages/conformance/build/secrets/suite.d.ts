import type { SecretDriver } from "@trimaran/contract";
import { type Harness, type Suite } from "../suite.ts";
export type SecretsHarness = Harness<SecretDriver>;
export declare const secrets: Suite<SecretDriver, SecretsHarness>;
/** Registers the suite for drivers of kind `secrets` with node:test. */
export declare function secretsSuite(harness: SecretsHarness): void;
