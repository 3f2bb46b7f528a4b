import { createRequire } from "node:module";

/** The parts of dynalite that are used, without its HTTP server: https://github.com/architect/dynalite */
export interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type?: string; readonly message?: string; readonly Message?: string; Item?: unknown };
}
export type Callback<T> = (error: DynaliteError | null | undefined, result?: T) => void;
export interface Table {
  TableName: string;
  TableStatus: string;
  GlobalSecondaryIndexes?: { IndexStatus: string }[];
}
export interface DynaliteStore {
  readonly tableDb: {
    awsAccountId: string;
    awsRegion: string;
    get(name: string, callback: Callback<Table>): void;
    put(name: string, table: Table, callback: Callback<void>): void;
  };
  readonly db: { open(): Promise<void>; close(callback: Callback<void>): void };
}
interface Db {
  create(options: {
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): DynaliteStore;
  checkConditional(data: Readonly<Record<string, unknown>>, existing: unknown): DynaliteError | undefined;
}
interface Validation {
  readonly types: Record<string, unknown>;
  readonly custom?: unknown;
}
interface Validations {
  checkTypes(data: unknown, types: unknown): Record<string, unknown>;
  checkValidations(data: unknown, types: unknown, custom: unknown, store: DynaliteStore): void;
}
export type Action = (store: DynaliteStore, data: Record<string, unknown>, callback: Callback<unknown>) => void;

// One way in for all of it: its modules share state, so each may be loaded only once.
const require = createRequire(import.meta.url);
export const db = require("dynalite/db") as Db;
export const validations = require("dynalite/validations") as Validations;
export const actionOf = (name: string) => require(`dynalite/actions/${name}`) as Action;

/** A member that dynalite leaves out, added through its own tables: judged where the condition is, so no write comes between. */
const ON_FAILURE = "ReturnValuesOnConditionCheckFailure";
const checkConditional = db.checkConditional;
db.checkConditional = (data, existing) => {
  const failure = checkConditional(data, existing);
  if (failure?.body !== undefined && data[ON_FAILURE] === "ALL_OLD" && existing) failure.body.Item = existing;
  return failure;
};

export function validationOf(name: string): Validation {
  const validation = require(`dynalite/validations/${name}`) as Validation;
  if ("ConditionExpression" in validation.types) {
    validation.types[ON_FAILURE] ??= { type: "String", enum: ["ALL_OLD", "NONE"] };
  }
  return validation;
}
