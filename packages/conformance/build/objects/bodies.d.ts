import { type ObjectCase } from "./harness.ts";
export declare const bodyCases: readonly ObjectCase[];
