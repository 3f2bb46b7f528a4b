import { type ObjectCase } from "./harness.ts";
export declare const conditionCases: readonly ObjectCase[];
