/** The parts of dynalite that are used without its HTTP server. */
declare module "dynalite/db/index.js" {
  export type Callback<T> = (error: DynaliteError | null | undefined, result?: T) => void;
  export interface DynaliteError extends Error {
    readonly statusCode?: number;
    readonly body?: {
      readonly __type?: string;
      readonly message?: string;
      readonly Message?: string;
      Item?: unknown;
    };
  }
  export interface Table {
    TableName: string;
    TableStatus: string;
    GlobalSecondaryIndexes?: { IndexStatus: string }[];
  }
  export interface TableDb {
    awsAccountId: string;
    awsRegion: string;
    get(name: string, callback: Callback<Table>): void;
    put(name: string, table: Table, callback: Callback<void>): void;
    del(name: string, callback: Callback<void>): void;
  }
  export interface DynaliteStore {
    readonly tableDb: TableDb;
    readonly db: { open(): Promise<void>; close(callback: Callback<void>): void };
  }
  const db: {
    checkConditional(data: Readonly<Record<string, unknown>>, existing: unknown): DynaliteError | undefined;
    create(options: {
      readonly path: string;
      readonly createTableMs: number;
      readonly deleteTableMs: number;
      readonly updateTableMs: number;
    }): DynaliteStore;
  };
  export default db;
}
declare module "dynalite/validations/index.js" {
  import type { DynaliteStore } from "dynalite/db/index.js";

  interface Validation {
    readonly types: Record<string, unknown>;
    readonly custom?: unknown;
  }
  const validations: {
    checkTypes(data: unknown, types: unknown): Record<string, unknown>;
    checkValidations(data: unknown, types: unknown, custom: unknown, store: DynaliteStore): void;
  };

  export type { Validation };
  export default validations;
}
