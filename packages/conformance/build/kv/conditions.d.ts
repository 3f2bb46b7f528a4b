import { type KvCase } from "./harness.ts";
export declare const conditionCases: readonly KvCase[];
