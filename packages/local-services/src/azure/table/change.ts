import type { Store } from "../../core/types.ts";
import {
  checkKey,
  checkSize,
  type Entity,
  etagOf,
  fromRecord,
  type Properties,
  recordKey,
  toRecord,
} from "./entity.ts";
import { tableFailure } from "./errors.ts";
import { entitySpace, findTable } from "./tables.ts";

/** One change of one entity. Without `ifMatch`, replace and merge insert what is missing; "*" matches whatever is there. */
export interface Change {
  readonly kind: "insert" | "replace" | "merge" | "delete";
  readonly table: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly properties: Properties;
  readonly ifMatch?: string | undefined;
}

/** Makes the change, and answers with the entity as it is then. Throws `AzureFailure`; call it in a transaction. */
export function applyChange(store: Store, change: Change, now: number): Entity | undefined {
  const { kind, partitionKey, rowKey, ifMatch } = change;
  if (findTable(store, change.table) === undefined) throw tableFailure("TableNotFound");
  checkKey("PartitionKey", partitionKey);
  checkKey("RowKey", rowKey);
  const space = entitySpace(change.table);
  const key = recordKey(partitionKey, rowKey);
  const record = store.records.get(space, key);
  const before = record === undefined ? undefined : fromRecord(record);
  if (kind === "insert" && before !== undefined) throw tableFailure("EntityAlreadyExists");
  if (ifMatch !== undefined && before === undefined) throw tableFailure("ResourceNotFound");
  if (ifMatch !== undefined && ifMatch !== "*" && before !== undefined && ifMatch !== etagOf(before)) {
    throw tableFailure("UpdateConditionNotSatisfied");
  }
  if (kind === "delete") {
    store.records.remove(space, key);
    return undefined;
  }
  const properties = kind === "merge" ? { ...before?.properties, ...change.properties } : change.properties;
  checkSize(partitionKey, rowKey, properties);
  return fromRecord(store.records.put(space, key, toRecord(properties, now)));
}
