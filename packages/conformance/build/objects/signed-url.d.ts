import { type ObjectCase } from "./harness.ts";
export declare const signedUrlCases: readonly ObjectCase[];
