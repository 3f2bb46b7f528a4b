import { STATUS_CODES } from "node:http";
import type { Need } from "../auth/grant.ts";
import { AzureFailure } from "../wire/failure.ts";
import { type AzureRequest, readBody, readQuery } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { TableCall } from "./call.ts";
import type { Change } from "./change.ts";
import { changed, readChange } from "./entities.ts";
import { recordKey } from "./entity.ts";
import { odataError, tableFailure } from "./errors.ts";
import { type BatchPart, readBatch } from "./multipart.ts";
import { placeOf } from "./place.ts";

const MAX_BODY = 4 * 1024 * 1024;
const MAX_CHANGES = 100;

const kinds: Readonly<Record<string, Change["kind"]>> = {
  POST: "insert",
  PUT: "replace",
  PATCH: "merge",
  MERGE: "merge",
  DELETE: "delete",
};

/**
 * Entity group transaction: all changes of one change set, or none of them.
 * https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
 */
export async function batch(call: TableCall): Promise<AzureResponse> {
  const { request, store, newId } = call;
  const text = (await readBody(request.raw, MAX_BODY)).toString();
  const parts = readBatch(request.header("content-type") ?? "", text);
  if (parts.length === 0 || parts.length > MAX_CHANGES) throw tableFailure("InvalidInput");
  const calls = parts.map((part) => partCall(call, part));
  let at = 0;
  const seen = new Set<string>();
  const work = (): readonly AzureResponse[] =>
    parts.map((part, index) => {
      at = index;
      const kind = kinds[part.headers.get("x-http-method") ?? part.method];
      if (kind === undefined) throw tableFailure("InvalidInput");
      const change = readChange(calls[index]!, kind, part.body);
      call.permit(needOf(change), change.table);
      checkGroup(seen, change);
      return changed(calls[index]!, change);
    });
  const answers = attempt(
    () => store.records.transaction(work),
    (failure) => [partFailure(failure, at, newId(), request.now)],
  );
  const ids = { batch: `batchresponse_${newId()}`, changes: `changesetresponse_${newId()}` };
  return {
    status: 202,
    headers: { "content-type": `multipart/mixed; boundary=${ids.batch}` },
    body: envelope(ids, answers.map(partText)),
  };
}

function needOf({ kind, ifMatch }: Change): Need {
  const permissions = { insert: "a", replace: "u", merge: "u", delete: "d" }[kind];
  const isUpsert = permissions === "u" && ifMatch === undefined;
  return { on: "object", permissions: isUpsert ? "au" : permissions, all: isUpsert, byServiceSas: true };
}

function attempt<T>(work: () => T, otherwise: (failure: AzureFailure) => T): T {
  try {
    return work();
  } catch (e) {
    if (e instanceof AzureFailure) return otherwise(e);
    throw e;
  }
}

/** The index of the change that failed leads the message, as clients expect. */
function partFailure(failure: AzureFailure, at: number, requestId: string, now: number): AzureResponse {
  const indexed = new AzureFailure(failure.status, failure.code, `${at}:${failure.message}`);
  return odataError(indexed, { requestId, now });
}

/** One partition of one table, each entity once. */
function checkGroup(seen: Set<string>, { table, partitionKey, rowKey }: Change): void {
  const [first] = seen;
  const group = `${table.toLowerCase()}\0${partitionKey}\0`;
  if (first !== undefined && !first.startsWith(group)) throw tableFailure("CommandsInBatchActOnDifferentPartitions");
  const key = `${table.toLowerCase()}\0${recordKey(partitionKey, rowKey)}`;
  if (seen.has(key)) throw tableFailure("InvalidDuplicateRow");
  seen.add(key);
}

function partCall(call: TableCall, part: BatchPart): TableCall {
  const mark = part.url.indexOf("?");
  const rawPath = mark === -1 ? part.url : part.url.slice(0, mark);
  const request: AzureRequest = {
    ...call.request,
    method: part.method,
    rawPath,
    query: readQuery(mark === -1 ? "" : part.url.slice(mark + 1)),
    header: (name) => part.headers.get(name.toLowerCase()),
  };
  const place = placeOf(rawPath.replace(/^\/[^/]+/, ""));
  return { ...call, request, place };
}

const headerNames: Readonly<Record<string, string>> = {
  etag: "ETag",
  location: "Location",
  dataserviceid: "DataServiceId",
  "preference-applied": "Preference-Applied",
  "content-type": "Content-Type",
};

function partText({ status, headers = {}, body }: AzureResponse): string {
  const lines = Object.entries(headers)
    .filter(([name, value]) => value !== undefined && headerNames[name] !== undefined)
    .map(([name, value]) => `${headerNames[name]}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "DataServiceVersion: 3.0;", ...lines];
  return `${head.join("\r\n")}\r\n\r\n${typeof body === "string" ? body : ""}\r\n`;
}

function envelope(ids: { readonly batch: string; readonly changes: string }, parts: readonly string[]): string {
  const inner = parts.map(
    (part) => `--${ids.changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${part}`,
  );
  const head = `--${ids.batch}\r\nContent-Type: multipart/mixed; boundary=${ids.changes}\r\n\r\n`;
  return `${head}${inner.join("")}--${ids.changes}--\r\n--${ids.batch}--\r\n`;
}
