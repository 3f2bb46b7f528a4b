import type { LocalService, ProtocolContext } from "../../core/types.ts";
import type { AzureAccount } from "../account.ts";
import { authorize } from "../auth/authorize.ts";
import type { Need } from "../auth/grant.ts";
import { checkSas } from "../auth/sas.ts";
import { notImplemented } from "../wire/failure.ts";
import type { AzureRequest } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { serving } from "../wire/serve.ts";
import type { TableCall, TableOperation } from "./call.ts";
import { odataError, tableFailure } from "./errors.ts";
import { tableOperations } from "./operations.ts";
import { placeOf } from "./place.ts";

/** The Table service under path style URLs: https://127.0.0.1:4002/<account>/<table>. */
export function tableService(context: ProtocolContext, account: AzureAccount, newId: () => string): LocalService {
  const authority = () => `${context.endpoint("login")}/${account.tenant}`;
  const answer = async (request: AzureRequest): Promise<AzureResponse> => {
    const [, name, path = ""] = /^\/([^/]+)(\/.*)?$/.exec(request.rawPath) ?? [];
    if (name !== account.name) throw tableFailure("ResourceNotFound");
    const grant = authorize(request, { service: "table" }, account, authority);
    const place = placeOf(path);
    const operation = tableOperations.find((row) => fits(row, request, place.on));
    if (operation === undefined) throw notImplemented();
    const permit = (need: Need, table: string) => {
      const own = grant.by === "sas" ? checkSas(request, { service: "table", table }, account) : grant;
      const refusal = own.refuses(need);
      if (refusal !== undefined) throw refusal;
    };
    if (place.on !== "batch") permit(operation.need, "table" in place ? place.table : "");
    const accountUrl = `${context.endpoint("table")}/${account.name}`;
    const call: TableCall = { request, store: context.store, place, newId, accountUrl, permit };
    return withVersion(await operation.answer(call));
  };
  const handle = serving({ now: context.now, requestId: newId, answer, failed: odataError });
  return { name: "table", transport: "https", handle };
}

function withVersion(answer: AzureResponse): AzureResponse {
  const common = { dataserviceversion: "3.0;", "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  return { ...answer, headers: { ...common, ...answer.headers } };
}

/** Some clients send MERGE and the like as a POST that names it. */
function fits(row: TableOperation, request: AzureRequest, on: TableOperation["on"]): boolean {
  const method = request.method === "POST" ? (request.header("x-http-method") ?? "POST") : request.method;
  const hasIfMatch = request.header("if-match") !== undefined;
  const other = request.query.has("comp") || request.query.has("restype");
  return (
    !other &&
    row.on === on &&
    row.methods.includes(method) &&
    (row.withIfMatch === undefined || row.withIfMatch === hasIfMatch)
  );
}
