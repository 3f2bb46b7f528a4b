import type { ObjectDriver } from "@trimaran/contract";
import { type Suite } from "../suite.ts";
import type { ObjectsHarness } from "./harness.ts";
export declare const objects: Suite<ObjectDriver, ObjectsHarness>;
/** Registers the suite for drivers of kind `objects` with node:test. */
export declare function objectsSuite(harness: ObjectsHarness): void;
