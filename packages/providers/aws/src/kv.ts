import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { importSdk, type KvDriver, type KvEntry, type Only, settings as s, TrimaranError } from "@trimaran/contract";
import { classify, honestConflict } from "./classify.ts";
import { clientConfig, connection } from "./client-config.ts";
import { kvFeatures } from "./features.ts";

export { classify };

const shape = { table: s.text, ...connection };
type Item = Readonly<Record<string, AttributeValue>>;

/** `expires` is also the attribute that the table's time to live names: whole seconds since 1970. */
const NAMES = { "#k": "key", "#r": "revision", "#e": "expires" };

/**
 * Opens a DynamoDB table with the string key `key`. invalid_argument when the settings do not hold; tool_missing when the SDK is not
 * installed.
 */
export async function open(
  settings: unknown,
  _resource: string,
  { now = Date.now, newRevision = () => crypto.randomUUID() as string } = {},
): Promise<KvDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
  const client = new sdk.DynamoDBClient(clientConfig(given));
  const TableName = given.table;
  const Key = (key: string) => ({ key: { S: key } });
  const seconds = () => now() / 1000;
  /** Numbers have at most 38 digits; these have 13. */
  const asNumber = (value: number): AttributeValue => ({ N: value.toFixed(3) });
  const isLive = (item: Item) => item["expires"]?.N === undefined || Number(item["expires"].N) > seconds();

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html */
  const conditionOf = (only: Only) => ({
    ConditionExpression:
      only === "if_absent"
        ? "attribute_not_exists(#k) OR #e <= :now"
        : "#r = :revision AND (attribute_not_exists(#e) OR #e > :now)",
    ExpressionAttributeNames:
      only === "if_absent" ? { "#k": NAMES["#k"], "#e": NAMES["#e"] } : { "#r": NAMES["#r"], "#e": NAMES["#e"] },
    ExpressionAttributeValues: {
      ":now": asNumber(seconds()),
      ...(only === "if_absent" ? {} : { ":revision": { S: only.ifRevision } }),
    },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  });

  return {
    id: "aws/dynamodb",
    can: new Set(kvFeatures),
    native: client,

    async get(key, call) {
      const command = new sdk.GetItemCommand({ TableName, Key: Key(key), ConsistentRead: true });
      const { Item } = await client.send(command, { abortSignal: call.signal });
      return Item !== undefined && isLive(Item) ? entryOf(Item) : undefined;
    },

    async put(key, value, { only, expiresInSeconds }, call) {
      const revision = newRevision();
      const expires =
        expiresInSeconds === undefined ? {} : { expires: { N: String(Math.ceil(seconds() + expiresInSeconds)) } };
      const Item = { ...Key(key), value: { B: value }, revision: { S: revision }, ...expires };
      const condition = only === undefined ? {} : conditionOf(only);
      try {
        await client.send(new sdk.PutItemCommand({ TableName, Item, ...condition }), { abortSignal: call.signal });
      } catch (e) {
        if (!(e instanceof sdk.ConditionalCheckFailedException)) throw e;
        // The SDK sent it again after an answer was lost: what stands there is this very write.
        if (e.Item?.["revision"]?.S !== revision) {
          const honest = honestConflict(e);
          if (honest !== e || only !== "if_absent") throw honest;
          throw new TrimaranError("already_exists", "the entry is there", { cause: e });
        }
      }
      return { revision };
    },

    async remove(key, { ifRevision }, call) {
      const condition = {
        ConditionExpression: "attribute_not_exists(#k) OR #r = :revision OR #e <= :now",
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ":revision": { S: ifRevision ?? "" }, ":now": asNumber(seconds()) },
      };
      const input = { TableName, Key: Key(key), ...(ifRevision === undefined ? {} : condition) };
      await client.send(new sdk.DeleteItemCommand(input), { abortSignal: call.signal });
    },

    async scan({ after, limit }, call) {
      const start = after === undefined ? {} : { ExclusiveStartKey: Key(after) };
      const command = new sdk.ScanCommand({ TableName, Limit: limit, ConsistentRead: true, ...start });
      const { Items = [], LastEvaluatedKey } = await client.send(command, { abortSignal: call.signal });
      const next = LastEvaluatedKey?.["key"]?.S;
      return { items: Items.filter(isLive).map(entryOf), ...(next === undefined ? {} : { next }) };
    },

    async close() {
      client.destroy();
    },
  };
}

function entryOf(item: Item): KvEntry {
  return {
    key: item["key"]?.S ?? "",
    value: new Uint8Array(item["value"]?.B ?? []),
    revision: item["revision"]?.S ?? "",
  };
}
