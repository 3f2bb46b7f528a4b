import { type ObjectCase } from "./harness.ts";
export declare const listCases: readonly ObjectCase[];
