import { type KvCase } from "./harness.ts";
export declare const expiryCases: readonly KvCase[];
