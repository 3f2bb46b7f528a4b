import { readBody } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { TableCall } from "./call.ts";
import { applyChange, type Change } from "./change.ts";
import { etagOf, readEntity } from "./entity.ts";
import { contentType, entityAddress } from "./entity-json.ts";
import { tableFailure } from "./errors.ts";
import { contextOf, elementText } from "./query.ts";

/** A little over what an entity of the largest size takes as JSON. */
const MAX_BODY = 4 * 1024 * 1024;

export const insertEntity = (call: TableCall) => changing(call, "insert");
export const replaceEntity = (call: TableCall) => changing(call, "replace");
export const mergeEntity = (call: TableCall) => changing(call, "merge");
export const deleteEntity = (call: TableCall) => changing(call, "delete");

async function changing(call: TableCall, kind: Change["kind"]): Promise<AzureResponse> {
  const body = kind === "delete" ? "" : (await readBody(call.request.raw, MAX_BODY)).toString();
  const change = readChange(call, kind, body);
  return call.store.records.transaction(() => changed(call, change));
}

/** What the request asks for. Throws `AzureFailure`. */
export function readChange({ request, place }: TableCall, kind: Change["kind"], body: string): Change {
  const ifMatch = request.header("if-match");
  if (kind === "delete" && ifMatch === undefined) throw tableFailure("MissingRequiredHeader");
  const given = kind === "delete" ? { properties: {} } : readEntity(body);
  if (place.on === "entity") {
    const { table, partitionKey, rowKey } = place;
    return { kind, table, partitionKey, rowKey, properties: given.properties, ifMatch };
  }
  if (place.on !== "entities") throw tableFailure("InvalidInput");
  const { partitionKey, rowKey, properties } = given as ReturnType<typeof readEntity>;
  if (partitionKey === undefined || rowKey === undefined) throw tableFailure("PropertiesNeedValue");
  return { kind, table: place.table, partitionKey, rowKey, properties };
}

/** Does it and says so; inside a transaction. */
export function changed(call: TableCall, change: Change): AzureResponse {
  const entity = applyChange(call.store, change, call.request.now);
  if (entity === undefined) return { status: 204 };
  const etag = etagOf(entity);
  if (change.kind !== "insert") return { status: 204, headers: { etag } };
  const context = contextOf(call);
  const address = `${call.accountUrl}/${entityAddress(context.table, entity)}`;
  const prefer = call.request.header("prefer");
  const headers = { etag, location: address, dataserviceid: address };
  if (prefer === "return-no-content") return { status: 204, headers: { ...headers, "preference-applied": prefer } };
  const body = elementText(entity, context);
  return { status: 201, headers: { ...headers, "content-type": contentType(context.level) }, body };
}
