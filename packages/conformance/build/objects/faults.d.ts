import { type ObjectCase } from "./harness.ts";
export declare const faultCases: readonly ObjectCase[];
