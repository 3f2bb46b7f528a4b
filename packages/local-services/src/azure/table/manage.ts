import { readBody } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { TableCall } from "./call.ts";
import { contentType, member, metadataLevel } from "./entity-json.ts";
import { tableFailure } from "./errors.ts";
import { parseFilter, passes } from "./filter.ts";
import { pageLimit } from "./query.ts";
import { makeTable, removeTable, tableNames } from "./tables.ts";

/** Create Table. https://learn.microsoft.com/rest/api/storageservices/create-table */
export async function createTable(call: TableCall): Promise<AzureResponse> {
  const { request, store, accountUrl } = call;
  const name = tableName((await readBody(request.raw, 64 * 1024)).toString());
  if (!makeTable(store, name)) throw tableFailure("TableAlreadyExists");
  const address = `${accountUrl}/Tables('${name}')`;
  const prefer = request.header("prefer");
  const headers = { location: address, dataserviceid: address, "preference-applied": prefer };
  if (prefer === "return-no-content") return { status: 204, headers };
  const level = metadataLevel(request);
  const members = [
    ...(level === "nometadata" ? [] : [member("odata.metadata", `${accountUrl}/$metadata#Tables/@Element`)]),
  ];
  const body = `{${[...members, member("TableName", name)].join(",")}}`;
  return {
    status: 201,
    headers: { ...headers, "preference-applied": undefined, "content-type": contentType(level) },
    body,
  };
}

function tableName(text: string): string {
  try {
    const { TableName } = JSON.parse(text) as { readonly TableName?: unknown };
    if (typeof TableName === "string") return TableName;
  } catch (_notJson) {
    // Answered below.
  }
  throw tableFailure("InvalidInput");
}

/** Query Tables. https://learn.microsoft.com/rest/api/storageservices/query-tables */
export function queryTables(call: TableCall): AzureResponse {
  const { request, store, accountUrl } = call;
  const limit = pageLimit(request.query.get("$top"));
  const filterText = request.query.get("$filter");
  const filter = filterText === undefined ? undefined : parseFilter(filterText);
  const level = metadataLevel(request);
  const names = tableNames(store, request.query.get("nexttablename") ?? "", 1e6).filter((name) => {
    const value = { type: "String", value: name } as const;
    return filter === undefined || passes(filter, (property) => (property === "TableName" ? value : undefined));
  });
  const page = names.slice(0, limit).map((name) => `{${member("TableName", name)}}`);
  const head = level === "nometadata" ? "" : `${member("odata.metadata", `${accountUrl}/$metadata#Tables`)},`;
  const next = names[limit];
  const headers = { "content-type": contentType(level), "x-ms-continuation-nexttablename": next };
  return { status: 200, headers, body: `{${head}"value":[${page.join(",")}]}` };
}

/** Delete Table. https://learn.microsoft.com/rest/api/storageservices/delete-table */
export function deleteTable({ store, place }: TableCall): AzureResponse {
  if (place.on !== "table" || !removeTable(store, place.table)) throw tableFailure("ResourceNotFound");
  return { status: 204 };
}
