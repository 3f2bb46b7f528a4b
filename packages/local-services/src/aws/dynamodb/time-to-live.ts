import type { RecordCore } from "../../core/types.ts";
import { JsonFault } from "../json-service.ts";
import type { Engine } from "./engine.ts";

/**
 * Which attribute says when an item expires. Expired items are not deleted (DynamoDB itself promises that only within days):
 * who reads filters them.
 */
const SPACE = "dynamodb/ttl";

export async function describeTimeToLive(
  engine: Engine,
  records: RecordCore,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const table = await demandTable(engine, input);
  const attribute = attributeOf(records, table);
  const status = attribute === undefined ? { TimeToLiveStatus: "DISABLED" } : { TimeToLiveStatus: "ENABLED" };
  return { TimeToLiveDescription: { ...status, ...(attribute === undefined ? {} : { AttributeName: attribute }) } };
}

export async function updateTimeToLive(
  engine: Engine,
  records: RecordCore,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const wanted = input["TimeToLiveSpecification"] as { Enabled?: unknown; AttributeName?: unknown } | undefined;
  const { Enabled: isEnabled, AttributeName: attribute } = wanted ?? {};
  if (typeof isEnabled !== "boolean" || typeof attribute !== "string" || attribute === "") {
    throw invalid("TimeToLiveSpecification needs AttributeName and Enabled");
  }
  const table = await demandTable(engine, input);
  const now = attributeOf(records, table);
  if (isEnabled && now !== undefined) throw invalid("TimeToLive is already enabled");
  if (!isEnabled && now === undefined) throw invalid("TimeToLive is already disabled");
  if (!isEnabled && now !== attribute) throw invalid("TimeToLive is active on a different AttributeName");
  if (isEnabled) records.put(SPACE, table, attribute);
  else records.remove(SPACE, table);
  return { TimeToLiveSpecification: { Enabled: isEnabled, AttributeName: attribute } };
}

export function forgetTimeToLive(records: RecordCore, table: string): void {
  records.remove(SPACE, table);
}

function attributeOf(records: RecordCore, table: string): string | undefined {
  const record = records.get(SPACE, table);
  return record === undefined ? undefined : Buffer.from(record.value).toString();
}

async function demandTable(engine: Engine, input: Readonly<Record<string, unknown>>): Promise<string> {
  const name = input["TableName"];
  if (typeof name !== "string")
    throw invalid("The parameter 'TableName' is required but was not present in the request");
  await engine.run("DescribeTable", { TableName: name });
  return name;
}

function invalid(message: string): JsonFault {
  return new JsonFault("com.amazon.coral.validate#ValidationException", message);
}
