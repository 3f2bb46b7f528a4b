import { ApiFault } from "../faults.ts";
import type { Documents, Kept, View } from "./documents.ts";
import { type FieldPath, fieldPathText } from "./field-paths.ts";
import { type CompiledFilter, compileFilter, isName, readReference, valueAt } from "./filters.ts";
import type { Cursor, StructuredQuery, Value } from "./messages.ts";
import { compareValues } from "./order.ts";
import { below, compareNames, demandId, readDocumentName, toKey } from "./paths.ts";

interface Order {
  readonly path: FieldPath;
  readonly sign: 1 | -1;
}

/** A query, checked and ready to run on any view. */
export interface CompiledQuery {
  /** Where it looks: one collection, or all with this last name below a path ("" for any name). */
  readonly source: { readonly collection: string } | { readonly below: string; readonly lastName: string };
  readonly filter: CompiledFilter;
  readonly orders: readonly Order[];
  readonly start: Bound | undefined;
  readonly end: Bound | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Undefined for whole documents; no path at all for names only. */
  readonly select: readonly FieldPath[] | undefined;
}

interface Bound {
  readonly values: readonly Value[];
  readonly before: boolean;
}

const descending = 2;

/** https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#structuredquery INVALID_ARGUMENT, UNIMPLEMENTED. */
export function compileQuery(parent: string, query: StructuredQuery | undefined): CompiledQuery {
  if (query === undefined) throw invalid("A query is required.");
  const filter = compileFilter(query.where);
  const orders = allOrders(query, filter);
  if (orders.length === 1 && orders[0]?.sign === -1 && !filter.namesFields) {
    throw new ApiFault("FAILED_PRECONDITION", "Firestore does not support descending key scans");
  }
  const limit = query.limit === undefined ? Number.POSITIVE_INFINITY : (query.limit.value ?? 0);
  const offset = query.offset ?? 0;
  if (limit < 0) throw invalid("limit is negative");
  if (offset < 0) throw invalid("offset is negative");
  return {
    source: readSource(parent, query),
    filter,
    orders,
    start: readBound(query.startAt, orders),
    end: readBound(query.endAt, orders),
    offset,
    limit,
    select: query.select?.fields?.map(readReference).filter((path) => !isName(path)) ?? (query.select && []),
  };
}

function readSource(parent: string, query: StructuredQuery): CompiledQuery["source"] {
  const [from, ...more] = query.from ?? [];
  if (from === undefined || more.length > 0) throw invalid("A query must name exactly one collection.");
  const name = from.collectionId ?? "";
  if (name !== "") demandId(name);
  if (from.allDescendants === true) return { below: parent === "" ? "" : `${parent}/`, lastName: name };
  if (name === "") throw invalid("A query without a collection must ask for all descendants.");
  return { collection: below(parent, name) };
}

/** The orders asked for, then the fields of inequalities, then the name; the last direction goes on. */
function allOrders(query: StructuredQuery, filter: CompiledFilter): readonly Order[] {
  const orders: Order[] = (query.orderBy ?? []).map(({ field, direction }) => ({
    path: readReference(field),
    sign: direction === descending ? -1 : 1,
  }));
  const add = (path: FieldPath) => {
    if (orders.some((order) => fieldPathText(order.path) === fieldPathText(path))) return;
    orders.push({ path, sign: orders.at(-1)?.sign ?? 1 });
  };
  for (const path of filter.inequalities) if (!isName(path)) add(path);
  add(["__name__"]);
  return orders;
}

function readBound(cursor: Cursor | undefined, orders: readonly Order[]): Bound | undefined {
  if (cursor === undefined) return undefined;
  const values = cursor.values ?? [];
  if (values.length > orders.length) throw invalid("Cursor has too many values.");
  for (const [at, value] of values.entries()) {
    if (!isName(orders[at]?.path ?? [])) continue;
    if (!("referenceValue" in value)) throw invalid("Cursor position of __name__ must be a reference.");
    readDocumentName(value.referenceValue);
  }
  return { values, before: cursor.before === true };
}

export interface QueryResult {
  readonly documents: readonly Kept[];
  /** How many the offset passed over. */
  readonly skipped: number;
}

/** Runs it on one view of the documents. */
export function runQuery(documents: Documents, view: View, query: CompiledQuery): QueryResult {
  const matching = inOrder(documents, view, query);
  const found: Kept[] = [];
  let skipped = 0;
  if (query.limit === 0) return { documents: found, skipped };
  for (const document of matching) {
    if (skipped < query.offset) skipped++;
    else if (found.push(document) >= query.limit) break;
  }
  return { documents: found, skipped };
}

function* inOrder(documents: Documents, view: View, query: CompiledQuery): Iterable<Kept> {
  const { source, orders, start, end, filter } = query;
  const isAfterStart = (document: Kept) =>
    start === undefined || compareTo(document, start, orders) >= (start.before ? 0 : 1);
  const isBeforeEnd = (document: Kept) => end === undefined || compareTo(document, end, orders) < (end.before ? 0 : 1);
  const [first] = orders;
  // Names in their own order need no sorting: the scan begins at the cursor and stops at the end.
  if ("collection" in source && orders.length === 1 && first?.sign === 1) {
    for (const document of documents.scan(view, source.collection, startKey(start, source.collection))) {
      if (!isAfterStart(document)) continue;
      if (!isBeforeEnd(document)) return;
      if (filter.test(document)) yield document;
    }
    return;
  }
  const all: Kept[] = [];
  for (const collection of collectionsOf(view, source)) {
    for (const document of documents.scan(view, collection)) {
      if (orders.some(({ path }) => valueAt(document, path) === undefined)) continue;
      if (filter.test(document) && isAfterStart(document) && isBeforeEnd(document)) all.push(document);
    }
  }
  yield* all.sort((a, b) => compareDocuments(a, b, orders));
}

function startKey(start: Bound | undefined, collection: string): string | undefined {
  const [name] = start?.values ?? [];
  if (name === undefined || !("referenceValue" in name)) return undefined;
  const path = readDocumentName(name.referenceValue);
  return path.collection === collection ? toKey(path.id) : undefined;
}

function collectionsOf(view: View, source: CompiledQuery["source"]): readonly string[] {
  if ("collection" in source) return [source.collection];
  return view
    .collections(source.below)
    .filter((collection) => source.lastName === "" || collection.split("/").at(-1) === source.lastName);
}

function compareDocuments(a: Kept, b: Kept, orders: readonly Order[]): number {
  for (const { path, sign } of orders) {
    const order = isName(path) ? compareNames(a.name, b.name) : compareValues(valueAt(a, path)!, valueAt(b, path)!);
    if (order !== 0) return order * sign;
  }
  return 0;
}

/** -1, 0 or 1: where a document stands to a cursor, which may name only the first of the orders. */
function compareTo(document: Kept, { values }: Bound, orders: readonly Order[]): number {
  for (const [at, value] of values.entries()) {
    const { path, sign } = orders[at]!;
    const order = compareValues(valueAt(document, path)!, value);
    if (order !== 0) return Math.sign(order) * sign;
  }
  return 0;
}

function invalid(message: string): ApiFault {
  return new ApiFault("INVALID_ARGUMENT", message);
}
