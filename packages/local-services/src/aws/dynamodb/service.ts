import type { LocalService, RecordCore } from "../../core/types.ts";
import { JsonFault, makeJsonHandler } from "../json-service.ts";
import { ENGINE_OPERATIONS, type Engine, type EngineOperation } from "./engine.ts";
import { describeTimeToLive, forgetTimeToLive, updateTimeToLive } from "./time-to-live.ts";

const OWN_OPERATIONS = ["DescribeTimeToLive", "UpdateTimeToLive", "DescribeEndpoints"] as const;
export const DYNAMODB_OPERATIONS: readonly string[] = [...ENGINE_OPERATIONS, ...OWN_OPERATIONS].sort();

/** Amazon DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html */
export function makeDynamoService(context: {
  readonly engine: Engine;
  readonly records: RecordCore;
  readonly rootKey: Uint8Array;
  readonly now: () => number;
  readonly endpoint: () => string;
}): LocalService {
  const { engine, records, rootKey, now } = context;
  return {
    name: "dynamodb",
    transport: "https",
    handle: makeJsonHandler({
      service: "dynamodb",
      target: "DynamoDB_20120810",
      contentType: "application/x-amz-json-1.0",
      rootKey,
      now,
      operations: DYNAMODB_OPERATIONS,
      async run({ operation, input }) {
        refuseUnbuilt(operation, input);
        switch (operation) {
          case "DescribeEndpoints":
            return { Endpoints: [{ Address: new URL(context.endpoint()).host, CachePeriodInMinutes: 1440 }] };
          case "DescribeTimeToLive":
            return describeTimeToLive(engine, records, input);
          case "UpdateTimeToLive":
            return updateTimeToLive(engine, records, input);
          case "DeleteTable": {
            const answer = await engine.run("DeleteTable", input);
            forgetTimeToLive(records, String(input["TableName"]));
            return answer;
          }
          default:
            return engine.run(operation as EngineOperation, input);
        }
      },
    }),
  };
}

/** Members that change what a call does and that the engine would pass over in silence. */
const UNBUILT: Readonly<Record<string, readonly string[]>> = {
  CreateTable: ["StreamSpecification", "SSESpecification", "ResourcePolicy", "OnDemandThroughput", "WarmThroughput"],
  UpdateTable: ["StreamSpecification", "SSESpecification", "ReplicaUpdates", "DeletionProtectionEnabled"],
};

function refuseUnbuilt(operation: string, input: Readonly<Record<string, unknown>>): void {
  const found = (UNBUILT[operation] ?? []).find((name) => {
    const value = input[name];
    return value !== undefined && value !== null && value !== "NONE" && value !== false;
  });
  if (found === undefined) return;
  throw new JsonFault("com.amazon.coral.validate#ValidationException", `${found} is not supported by this service`);
}
