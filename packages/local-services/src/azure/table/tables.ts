import type { Store } from "../../core/types.ts";
import { tableFailure } from "./errors.ts";

const SPACE = "azure/tables";

/** Names differ by more than case; they are kept as they were created. */
export const entitySpace = (table: string): string => `azure/table/${table.toLowerCase()}`;

/** False when it was there. Throws `AzureFailure` InvalidResourceName. */
export function makeTable(store: Store, name: string): boolean {
  if (name.length < 3 || name.length > 63) throw tableFailure("OutOfRangeInput");
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name) || name.toLowerCase() === "tables")
    throw tableFailure("InvalidResourceName");
  return store.records.transaction(() => {
    if (store.records.get(SPACE, name.toLowerCase()) !== undefined) return false;
    store.records.put(SPACE, name.toLowerCase(), name);
    return true;
  });
}

/** The table's name as it was created. */
export function findTable(store: Store, name: string): string | undefined {
  const record = store.records.get(SPACE, name.toLowerCase());
  return record === undefined ? undefined : Buffer.from(record.value).toString();
}

/** With all its entities. False when it was not there. */
export function removeTable(store: Store, name: string): boolean {
  return store.records.transaction(() => {
    const space = entitySpace(name);
    for (let some = page(store, space); some.length > 0; some = page(store, space)) {
      for (const { key } of some) store.records.remove(space, key);
    }
    return store.records.remove(SPACE, name.toLowerCase());
  });
}

const page = (store: Store, space: string) => store.records.list(space, { limit: 1000 });

/** In the order of their lower-case names, from this one on. */
export const tableNames = (store: Store, from: string, limit: number): readonly string[] =>
  store.records.list(SPACE, { from: from.toLowerCase(), limit }).map(({ value }) => Buffer.from(value).toString());
