import type { StoredRecord } from "../../core/types.ts";
import { type EdmValue, NumberText, readValue, sizeOf } from "./edm.ts";
import { tableFailure } from "./errors.ts";

export type Properties = Readonly<Record<string, EdmValue>>;

/** An entity as a request brings it. */
export interface GivenEntity {
  readonly partitionKey?: string;
  readonly rowKey?: string;
  readonly properties: Properties;
}

/** An entity as it is kept. */
export interface Entity {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** UTC with seven decimals; no two writes of one entity have the same. */
  readonly timestamp: string;
  readonly properties: Properties;
}

/** NUL is allowed in no key and sorts before everything, so that partitions stay together and in order. */
export const recordKey = (partitionKey: string, rowKey: string): string => `${partitionKey}\0${rowKey}`;

/** Reads a JSON entity. Throws `AzureFailure` InvalidInput and what limits are overstepped. */
export function readEntity(text: string): GivenEntity {
  const json = parseObject(text);
  const properties: Record<string, EdmValue> = {};
  for (const [name, given] of Object.entries(json)) {
    if (name.startsWith("odata.") || name.includes("@odata.") || name === "Timestamp") continue;
    if (given === null || name === "PartitionKey" || name === "RowKey") continue;
    checkName(name);
    const annotation = json[`${name}@odata.type`];
    const value = readValue(given, typeof annotation === "string" ? annotation : undefined);
    if (sizeOf(value) > 64 * 1024 + 4) throw tableFailure("PropertyValueTooLarge");
    properties[name] = value;
  }
  const { PartitionKey: partitionKey, RowKey: rowKey } = json;
  return {
    ...(typeof partitionKey === "string" ? { partitionKey } : {}),
    ...(typeof rowKey === "string" ? { rowKey } : {}),
    properties,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const reviver = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === "number" ? new NumberText(context?.source ?? String(value)) : value;
    const json: unknown = JSON.parse(text, reviver as (name: string, value: unknown) => unknown);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch (_notJson) {
    // Answered below, like JSON that is no object.
  }
  throw tableFailure("InvalidInput");
}

function checkName(name: string): void {
  if (name.length > 255) throw tableFailure("PropertyNameTooLong");
  if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name)) throw tableFailure("PropertyNameInvalid");
}

/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model */
export function checkKey(name: "PartitionKey" | "RowKey", key: string): void {
  if (Buffer.byteLength(key, "utf16le") > 1024) throw tableFailure("KeyValueTooLarge");
  if (!key.isWellFormed()) throw tableFailure("InvalidInput");
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(key)) {
    throw tableFailure("OutOfRangeInput", `The '${name}' parameter of value '${key}' is out of range.`);
  }
}

const MAX_PROPERTIES = 252;
const MAX_BYTES = 1024 * 1024;

export function checkSize(partitionKey: string, rowKey: string, properties: Properties): void {
  const entries = Object.entries(properties);
  if (entries.length > MAX_PROPERTIES) throw tableFailure("TooManyProperties");
  const sizes = entries.map(([name, value]) => 8 + name.length * 2 + sizeOf(value));
  const total = 4 + (partitionKey.length + rowKey.length) * 2 + sizes.reduce((sum, size) => sum + size, 0);
  if (total > MAX_BYTES) throw tableFailure("EntityTooLarge");
}

export const toRecord = (properties: Properties, now: number): string => JSON.stringify({ at: now, properties });

export function fromRecord({ key, value, version }: StoredRecord): Entity {
  const split = key.indexOf("\0");
  const { at, properties } = JSON.parse(Buffer.from(value).toString()) as { at: number; properties: Properties };
  // Below the millisecond the count of writes tells two of them apart.
  const ticks = String(version % 10_000).padStart(4, "0");
  const timestamp = `${new Date(at).toISOString().slice(0, -1)}${ticks}Z`;
  return { partitionKey: key.slice(0, split), rowKey: key.slice(split + 1), timestamp, properties };
}

export const etagOf = ({ timestamp }: Entity): string => `W/"datetime'${encodeURIComponent(timestamp)}'"`;

/** A property by name, the three system ones included. */
export function propertyOf(entity: Entity, name: string): EdmValue | undefined {
  if (name === "PartitionKey") return { type: "String", value: entity.partitionKey };
  if (name === "RowKey") return { type: "String", value: entity.rowKey };
  if (name === "Timestamp") return { type: "DateTime", value: entity.timestamp };
  return Object.hasOwn(entity.properties, name) ? entity.properties[name] : undefined;
}
