import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { db, type Table } from "./dynalite.ts";
import { openEngine } from "./engine.ts";

/** Leaves the table as a process that was killed at that moment leaves it. */
async function leaveAs(folder: string, name: string, status: string): Promise<void> {
  const store = db.create({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await store.db.open();
  const table = await new Promise<Table>((resolve) => store.tableDb.get(name, (_e, found) => resolve(found!)));
  table.TableStatus = status;
  await new Promise<void>((resolve) => store.tableDb.put(name, table, () => resolve()));
  await new Promise<void>((resolve) => store.db.close(() => resolve()));
}

test("a table that a kill left half made is usable after the next start; one half deleted is gone", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = await openEngine(folder, "us-east-1", "111122223333");
  for (const TableName of ["making", "going"]) {
    await first.run("CreateTable", {
      TableName,
      AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    });
  }
  await first.close();
  await leaveAs(folder, "making", "CREATING");
  await leaveAs(folder, "going", "DELETING");
  const second = await openEngine(folder, "us-east-1", "111122223333");
  t.after(() => second.close());
  await second.run("PutItem", { TableName: "making", Item: { key: { S: "a" } } });
  for (let i = 0; i < 200; i++) {
    const { TableNames } = (await second.run("ListTables", {})) as { TableNames: string[] };
    if (TableNames.length === 1) return assert.deepEqual(TableNames, ["making"]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail("the half deleted table stayed");
});
