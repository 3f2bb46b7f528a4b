import { JsonFault } from "../json-service.ts";
import {
  actionOf,
  type DynaliteError,
  type DynaliteStore,
  db,
  type Table,
  validationOf,
  validations,
} from "./dynalite.ts";

/** dynalite's operations: https://github.com/architect/dynalite */
export const ENGINE_OPERATIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "ListTagsOfResource",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "UntagResource",
  "UpdateItem",
  "UpdateTable",
] as const;
export type EngineOperation = (typeof ENGINE_OPERATIONS)[number];

export interface Engine {
  run(operation: EngineOperation, input: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * dynalite's actions on its own LevelDB store, without its HTTP server: that one checks no signature and dies when a client
 * goes away. LevelDB hands each write to the operating system before it answers, so it survives the process.
 */
export async function openEngine(folder: string, region: string, accountId: string): Promise<Engine> {
  const store = db.create({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await store.db.open();
  store.tableDb.awsRegion = region;
  store.tableDb.awsAccountId = accountId;

  const run = (operation: EngineOperation, input: Readonly<Record<string, unknown>>) =>
    new Promise<unknown>((resolve, reject) => {
      const name = operation[0]!.toLowerCase() + operation.slice(1);
      const { types, custom } = validationOf(name);
      const action = actionOf(name);
      try {
        const data = validations.checkTypes(structuredClone(input), types);
        validations.checkValidations(data, types, custom, store);
        action(store, data, (e, result) => (e ? reject(toFault(e)) : resolve(result)));
      } catch (e) {
        reject(toFault(e as DynaliteError));
      }
    });

  await settleTables(store, run);
  return {
    run,
    close: () => new Promise((resolve, reject) => store.db.close((e) => (e ? reject(e) : resolve()))),
  };
}

function toFault(e: DynaliteError): Error {
  const type = e.body?.__type;
  if (e.statusCode === undefined || type === undefined) return e;
  const details = e.body?.Item === undefined ? {} : { Item: e.body.Item };
  return new JsonFault(type, e.body?.message ?? e.body?.Message ?? "", e.statusCode, details);
}

/** A kill can leave a table between two states, for which dynalite has no way on. */
async function settleTables(store: DynaliteStore, run: Engine["run"]): Promise<void> {
  let after: string | undefined;
  do {
    const page = (await run("ListTables", after === undefined ? {} : { ExclusiveStartTableName: after })) as {
      readonly TableNames: readonly string[];
      readonly LastEvaluatedTableName?: string;
    };
    for (const name of page.TableNames) await settleTable(store, run, name);
    after = page.LastEvaluatedTableName;
  } while (after !== undefined);
}

async function settleTable(store: DynaliteStore, run: Engine["run"], name: string): Promise<void> {
  const table = await new Promise<Table>((resolve, reject) =>
    store.tableDb.get(name, (e, found) => (found === undefined ? reject(e ?? new Error("no table")) : resolve(found))),
  );
  if (table.TableStatus === "ACTIVE") return;
  const wasDeleting = table.TableStatus === "DELETING";
  table.TableStatus = "ACTIVE";
  for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = "ACTIVE";
  await new Promise<void>((resolve, reject) => store.tableDb.put(name, table, (e) => (e ? reject(e) : resolve())));
  if (wasDeleting) await run("DeleteTable", { TableName: name });
}
