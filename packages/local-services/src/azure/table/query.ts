import type { Store, StoredRecord } from "../../core/types.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { TableCall } from "./call.ts";
import { type Entity, etagOf, fromRecord, propertyOf, recordKey } from "./entity.ts";
import { contentType, type EntityContext, entityMembers, member, metadataLevel } from "./entity-json.ts";
import { tableFailure } from "./errors.ts";
import { type Filter, parseFilter, partitionOf, passes } from "./filter.ts";
import { entitySpace, findTable } from "./tables.ts";

const MAX_PAGE = 1000;
/** A page that has read so many entities ends, matches or not: as with the real service, which stops after five seconds. */
const MAX_READ = 20_000;

/** `$top`: 1 to 1,000, which is also what is meant where it is left out. */
export function pageLimit(top: string | undefined): number {
  if (top === undefined) return MAX_PAGE;
  if (!/^\d+$/.test(top) || Number(top) < 1 || Number(top) > MAX_PAGE) throw tableFailure("InvalidInput");
  return Number(top);
}

/** Query Entities. https://learn.microsoft.com/rest/api/storageservices/query-entities */
export function queryEntities(call: TableCall): AzureResponse {
  const { request, store } = call;
  const context = contextOf(call);
  const limit = pageLimit(request.query.get("$top"));
  const text = request.query.get("$filter") ?? "";
  const filter = text.trim() === "" ? undefined : parseFilter(text);
  const [partitionKey, rowKey] = ["nextpartitionkey", "nextrowkey"].map((name) => fromToken(request.query.get(name)));
  const from = partitionKey === undefined ? undefined : recordKey(partitionKey, rowKey ?? "");
  const { entities, next } = scan(store, entitySpace(context.table), { filter, from, limit });
  const head =
    context.level === "nometadata"
      ? ""
      : `${member("odata.metadata", `${call.accountUrl}/$metadata#${context.table}`)},`;
  const items = entities.map((entity) => `{${entityMembers(entity, context)}}`);
  return {
    status: 200,
    headers: {
      "content-type": contentType(context.level),
      "x-ms-continuation-nextpartitionkey": next === undefined ? undefined : toToken(next.partitionKey),
      "x-ms-continuation-nextrowkey": next === undefined ? undefined : toToken(next.rowKey),
    },
    body: `{${head}"value":[${items.join(",")}]}`,
  };
}

/** Get Entity: the point query. */
export function getEntity(call: TableCall): AzureResponse {
  const { place, store } = call;
  if (place.on !== "entity") throw tableFailure("InvalidInput");
  const context = contextOf(call);
  const record = store.records.get(entitySpace(place.table), recordKey(place.partitionKey, place.rowKey));
  if (record === undefined) throw tableFailure("ResourceNotFound");
  const entity = fromRecord(record);
  return {
    status: 200,
    headers: { etag: etagOf(entity), "content-type": contentType(context.level) },
    body: elementText(entity, context),
  };
}

/** An entity's JSON object as it stands alone. */
export function elementText(entity: Entity, context: EntityContext): string {
  const url = `${context.accountUrl}/$metadata#${context.table}/@Element`;
  const head = context.level === "nometadata" ? "" : `${member("odata.metadata", url)},`;
  return `{${head}${entityMembers(entity, context)}}`;
}

/** Throws `AzureFailure` TableNotFound. */
export function contextOf({ request, place, store, accountUrl }: TableCall): EntityContext {
  const table = "table" in place ? findTable(store, place.table) : undefined;
  if (table === undefined) throw tableFailure("TableNotFound");
  const select = (request.query.get("$select") ?? "").split(",").map((name) => name.trim());
  const names = select.filter((name) => name !== "");
  return { accountUrl, table, level: metadataLevel(request), select: names.includes("*") ? [] : names };
}

interface Scan {
  readonly filter: Filter | undefined;
  readonly from: string | undefined;
  readonly limit: number;
}

function scan(store: Store, space: string, { filter, from, limit }: Scan) {
  const partition = filter === undefined ? undefined : partitionOf(filter);
  const prefix = partition === undefined ? "" : recordKey(partition, "");
  const entities: Entity[] = [];
  let read = 0;
  let start: { readonly from?: string; readonly after?: string } = from === undefined ? {} : { from };
  for (;;) {
    const page = store.records.list(space, { prefix, ...start, limit: 1000 });
    for (const record of page) {
      const entity = fromRecord(record);
      if (entities.length === limit || read >= MAX_READ) return { entities, next: entity };
      read++;
      if (filter === undefined || passes(filter, (name) => propertyOf(entity, name))) entities.push(entity);
    }
    const last: StoredRecord | undefined = page.at(-1);
    if (page.length < 1000 || last === undefined) return { entities, next: undefined };
    start = { after: last.key };
  }
}

/** Keys in continuation headers may hold what no header may. */
const toToken = (key: string): string => `1!${key.length}!${Buffer.from(key).toString("base64url")}`;

function fromToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const encoded = /^1!\d+!([A-Za-z0-9_-]*)$/.exec(token)?.[1];
  if (encoded === undefined) throw tableFailure("InvalidInput");
  return Buffer.from(encoded, "base64url").toString();
}
