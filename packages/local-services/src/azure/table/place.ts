import { decoded } from "../wire/request.ts";
import type { TablePlace } from "./call.ts";
import { tableFailure } from "./errors.ts";

const quotedText = "'((?:[^']|'')*)'";
const entityPattern = new RegExp(`^([^(]+)\\(PartitionKey=${quotedText},RowKey=${quotedText}\\)$`);
const tablePattern = new RegExp(`^Tables\\(${quotedText}\\)$`);

/** `path` begins after the account: "/people(PartitionKey='a',RowKey='b')", percent-encoded. Throws `AzureFailure`. */
export function placeOf(path: string): TablePlace {
  const text = decoded(path.replace(/^\//, ""));
  if (text === "") return { on: "service" };
  if (text === "$batch") return { on: "batch" };
  if (text === "Tables" || text === "Tables()") return { on: "tables" };
  const table = tablePattern.exec(text)?.[1];
  if (table !== undefined) return { on: "table", table };
  const [, name, partitionKey, rowKey] = entityPattern.exec(text) ?? [];
  if (name !== undefined && partitionKey !== undefined && rowKey !== undefined) {
    return { on: "entity", table: name, partitionKey: unquoted(partitionKey), rowKey: unquoted(rowKey) };
  }
  const plain = /^([A-Za-z0-9]+)(?:\(\))?$/.exec(text)?.[1];
  if (plain === undefined) throw tableFailure("InvalidInput");
  return { on: "entities", table: plain };
}

const unquoted = (text: string): string => text.replaceAll("''", "'");
