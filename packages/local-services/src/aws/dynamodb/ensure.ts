import type { LocalResource } from "@trimaran/contract";
import type { RecordCore } from "../../core/types.ts";
import { JsonFault } from "../json-service.ts";
import type { Engine } from "./engine.ts";
import { describeTimeToLive, updateTimeToLive } from "./time-to-live.ts";

/** A table with the string key "key", and the attribute that says when an item expires. */
export async function ensureTable(
  engine: Engine,
  records: RecordCore,
  { name, expiryAttribute }: LocalResource & { readonly kind: "table" },
): Promise<void> {
  try {
    await engine.run("CreateTable", {
      TableName: name,
      AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    });
  } catch (e) {
    if (!(e instanceof JsonFault) || !e.type.endsWith("#ResourceInUseException")) throw e;
  }
  await untilActive(engine, name);
  if (expiryAttribute === undefined) return;
  const now = (await describeTimeToLive(engine, records, { TableName: name })) as {
    readonly TimeToLiveDescription: { readonly AttributeName?: string };
  };
  if (now.TimeToLiveDescription.AttributeName !== undefined) return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: expiryAttribute };
  await updateTimeToLive(engine, records, { TableName: name, TimeToLiveSpecification });
}

/** A new table is being made for a moment, and takes no items until it is active. */
async function untilActive(engine: Engine, name: string): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    const { Table } = (await engine.run("DescribeTable", { TableName: name })) as { Table: { TableStatus: string } };
    if (Table.TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`the table ${name} did not become active`);
}
