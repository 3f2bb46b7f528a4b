import { type ObjectCase } from "./harness.ts";
export declare const keyCases: readonly ObjectCase[];
