import { type KvCase } from "./harness.ts";
export declare const entryCases: readonly KvCase[];
