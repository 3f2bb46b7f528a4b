import type { KvDriver } from "@trimaran/contract";
import { type Suite } from "../suite.ts";
import type { KvHarness } from "./harness.ts";
export declare const kv: Suite<KvDriver, KvHarness>;
/** Registers the suite for drivers of kind `kv` with node:test. */
export declare function kvSuite(harness: KvHarness): void;
