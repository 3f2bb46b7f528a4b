import type { LocalService, ProtocolContext } from "../../core/types.ts";
import type { AzureAccount } from "../account.ts";
import { authorize } from "../auth/authorize.ts";
import { AzureFailure, notImplemented } from "../wire/failure.ts";
import { NamedLocks } from "../wire/locks.ts";
import { type AzureRequest, decoded } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { serving } from "../wire/serve.ts";
import { toXml } from "../wire/xml.ts";
import type { BlobCall, BlobOperation } from "./call.ts";
import { blobFailure } from "./errors.ts";
import { blobOperations } from "./operations.ts";

/** The Blob service under path style URLs: https://127.0.0.1:4001/<account>/<container>/<blob>. */
export function blobService(context: ProtocolContext, account: AzureAccount, newId: () => string): LocalService {
  const locks = new NamedLocks();
  const accountUrl = () => `${context.endpoint("blob")}/${account.name}`;
  const authority = () => `${context.endpoint("login")}/${account.tenant}`;
  const answer = async (request: AzureRequest): Promise<AzureResponse> => {
    const place = addressed(request, account.name);
    const grant = authorize(request, { service: "blob", ...place }, account, authority);
    refuseUnknown(request);
    const operation = blobOperations.find((row) => fits(row, request, place.on));
    if (operation === undefined) throw notImplemented();
    const on = place.on === "blob" ? "object" : place.on;
    const refusal = grant.refuses({ on, ...operation.need });
    if (refusal !== undefined) throw refusal;
    const { container = "", blob = "" } = place;
    const call: BlobCall = { request, account, store: context.store, locks, grant, container, blob, newId, accountUrl };
    return operation.answer(call);
  };
  const handle = serving({ now: context.now, requestId: newId, answer, failed });
  return { name: "blob", transport: "https", handle };
}

interface Place {
  readonly on: BlobOperation["on"];
  readonly container?: string;
  readonly blob?: string;
}

/** A name without a container is a blob of the root container, as in Azure. */
function addressed(request: AzureRequest, account: string): Place {
  const [, name = "", first = "", ...rest] = request.rawPath.split("/");
  if (name !== account) throw new AzureFailure(404, "ResourceNotFound", "The specified resource does not exist.");
  if (first === "") return { on: "service" };
  const blob = decoded(rest.join("/"));
  if (blob === "" && request.query.get("restype") === "container")
    return { on: "container", container: decoded(first) };
  if (blob === "") return checkedBlob("$root", decoded(first));
  return checkedBlob(decoded(first), blob);
}

function checkedBlob(container: string, blob: string): Place {
  if (blob.length > 1024) throw blobFailure("OutOfRangeInput");
  if (blob.includes("\0")) throw blobFailure("InvalidResourceName");
  return { on: "blob", container, blob };
}

const fits = (row: BlobOperation, request: AzureRequest, on: BlobOperation["on"]): boolean =>
  row.on === on &&
  row.method === request.method &&
  (row.restype ?? "") === (request.query.get("restype") ?? "") &&
  (row.comp ?? "") === (request.query.get("comp") ?? "") &&
  (row.when?.(request) ?? true);

const unknownHeaders = [
  "x-ms-tags",
  "x-ms-if-tags",
  "x-ms-source-if-tags",
  "x-ms-encryption-key",
  "x-ms-encryption-scope",
  "x-ms-source-encryption-key",
  "x-ms-immutability-policy-until-date",
  "x-ms-legal-hold",
  "x-ms-seal-blob",
  "x-ms-expiry-option",
];

/** What would change the meaning of a call must not be overlooked. */
function refuseUnknown(request: AzureRequest): void {
  const header = unknownHeaders.find((name) => request.header(name) !== undefined);
  if (header !== undefined) throw notImplemented(`The header ${header} is not implemented.`);
  const parameter = ["snapshot", "versionid"].find((name) => request.query.has(name));
  if (parameter !== undefined) throw notImplemented("Snapshots and versions are not implemented.");
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function failed(
  failure: AzureFailure,
  { requestId, now }: { readonly requestId: string; readonly now: number },
): AzureResponse {
  const message = `${failure.message}\nRequestId:${requestId}\nTime:${new Date(now).toISOString()}`;
  const details = Object.entries(failure.details);
  const headers = { "content-type": "application/xml", ...failure.headers, "x-ms-error-code": failure.code };
  const body = toXml(["Error", [["Code", failure.code], ["Message", message], ...details]]);
  return { status: failure.status, headers, body };
}
