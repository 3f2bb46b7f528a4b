import assert from "node:assert/strict";
import { Agent } from "node:https";
import { test } from "node:test";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { longLivedKeys } from "../keys.ts";

const TableName = "sessions";

function client(cloud: TestCloud): DynamoDBClient {
  return new DynamoDBClient({
    region: cloud.announcement.region,
    endpoint: cloud.announcement.endpoints["dynamodb"]!,
    credentials: longLivedKeys(Buffer.from(cloud.config.rootKey, "hex")),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: cloud.announcement.authority }) }),
  });
}

const named = (name: string) => (e: unknown) => (e as { name?: string }).name === name;

test("a table that was ensured: conditions, expiry attribute, paged scans, restart", async (t) => {
  const cloud = await startForTest({
    cloud: "aws",
    ensure: [{ kind: "table", name: TableName, expiryAttribute: "expires" }],
  });
  let db = client(cloud);
  t.after(async () => {
    db.destroy();
    await cloud.close();
  });
  const { Table } = await db.send(new DescribeTableCommand({ TableName }));
  assert.equal(Table?.TableStatus, "ACTIVE");
  assert.deepEqual(Table?.KeySchema, [{ AttributeName: "key", KeyType: "HASH" }]);
  const ttl = await db.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.deepEqual(ttl.TimeToLiveDescription, { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });

  const Item = { key: { S: "a" }, value: { B: new Uint8Array([0, 255]) }, revision: { S: "1" } };
  await db.send(new PutItemCommand({ TableName, Item }));
  const again = new PutItemCommand({
    TableName,
    Item,
    ConditionExpression: "attribute_not_exists(#k)",
    ExpressionAttributeNames: { "#k": "key" },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await assert.rejects(db.send(again), (e: { name?: string; Item?: typeof Item }) => {
    assert.deepEqual([e.name, e.Item?.revision], ["ConditionalCheckFailedException", { S: "1" }]);
    return true;
  });
  const got = await db.send(new GetItemCommand({ TableName, Key: { key: { S: "a" } }, ConsistentRead: true }));
  assert.deepEqual(got.Item, Item);
  assert.equal((await db.send(new GetItemCommand({ TableName, Key: { key: { S: "none" } } }))).Item, undefined);
  await db.send(
    new UpdateItemCommand({
      TableName,
      Key: { key: { S: "a" } },
      UpdateExpression: "SET n = if_not_exists(n, :zero) + :one",
      ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" } },
    }),
  );
  const query = new QueryCommand({
    TableName,
    KeyConditionExpression: "#k = :k",
    ExpressionAttributeNames: { "#k": "key" },
    ExpressionAttributeValues: { ":k": { S: "a" } },
  });
  assert.deepEqual((await db.send(query)).Items?.[0]?.["n"], { N: "1" });
  await assert.rejects(
    db.send(
      new DeleteItemCommand({
        TableName,
        Key: { key: { S: "a" } },
        ConditionExpression: "revision = :r",
        ExpressionAttributeValues: { ":r": { S: "2" } },
      }),
    ),
    named("ConditionalCheckFailedException"),
  );

  for (let i = 0; i < 40; i++) await db.send(new PutItemCommand({ TableName, Item: { key: { S: `k${i}` } } }));
  await cloud.restart();
  db.destroy();
  db = client(cloud);
  const seen: string[] = [];
  let start: Record<string, { S: string }> | undefined;
  do {
    const page = await db.send(
      new ScanCommand({ TableName, Limit: 7, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
    );
    seen.push(...(page.Items ?? []).map((item) => item["key"]!.S!));
    start = page.LastEvaluatedKey as typeof start;
  } while (start !== undefined);
  assert.deepEqual(seen.sort(), ["a", ...Array.from({ length: 40 }, (_, i) => `k${i}`)].sort());
});

test("tables come and go; what the service does not do is refused by name", async (t) => {
  const cloud = await startForTest({ cloud: "aws" });
  const db = client(cloud);
  t.after(async () => {
    db.destroy();
    await cloud.close();
  });
  const make = {
    TableName: "events",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" as const }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
    BillingMode: "PAY_PER_REQUEST" as const,
  };
  await db.send(new CreateTableCommand(make));
  await assert.rejects(db.send(new CreateTableCommand(make)), named("ResourceInUseException"));
  assert.deepEqual((await db.send(new ListTablesCommand({}))).TableNames, ["events"]);
  const specification = { Enabled: true, AttributeName: "until" };
  await db.send(new UpdateTimeToLiveCommand({ TableName: "events", TimeToLiveSpecification: specification }));
  await assert.rejects(
    db.send(new UpdateTimeToLiveCommand({ TableName: "events", TimeToLiveSpecification: specification })),
    named("ValidationException"),
  );
  const streams = { ...make, TableName: "streams", StreamSpecification: { StreamEnabled: true } };
  await assert.rejects(db.send(new CreateTableCommand(streams)), named("ValidationException"));
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName: "events", Item: { id: { N: "1" } } } }],
  });
  await assert.rejects(db.send(transaction), named("UnknownOperationException"));
  await db.send(new DeleteTableCommand({ TableName: "events" }));
  await assert.rejects(
    db.send(new DescribeTimeToLiveCommand({ TableName: "nothing" })),
    named("ResourceNotFoundException"),
  );
});
