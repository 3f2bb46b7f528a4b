import type { StagedBody, StoredObject } from "../../core/types.ts";
import { authorize } from "../auth/authorize.ts";
import { type AzureRequest, decoded } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { blockIdOf, checkBlockTarget, keepBlock } from "./blocks.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, judged, readRefusal } from "./conditions.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { committedBlocks, placeBlob } from "./place.ts";
import { blobHeaders, extraOf, metadataOf, written } from "./properties.ts";
import { lockOf, tierOf } from "./put-blob.ts";
import { demandBlob, demandContainer } from "./target.ts";

/**
 * Copy Blob and Copy Blob From URL, within the account: both are done when they answer.
 * https://learn.microsoft.com/rest/api/storageservices/copy-blob
 */
export async function copyBlob(call: BlobCall): Promise<AzureResponse> {
  const { request } = call;
  demandContainer(call);
  const from = sourceOf(call);
  const source = readSource(from);
  const given = metadataOf(request);
  const { contentType, headers } = source;
  const metadata = Object.keys(given).length > 0 ? given : source.metadata;
  const copyId = call.newId();
  const tier = tierOf(call) ?? extraOf(source).tier;
  const md5 = extraOf(source).md5;
  const copied = { copyId, copySource: request.header("x-ms-copy-source") ?? "", copiedAt: String(request.now) };
  const extra = { ...copied, ...(md5 === undefined ? {} : { md5 }), ...(tier === undefined ? {} : { tier }) };
  const body = call.store.objects.clone(source, { ephemeral: true });
  const blocks = committedBlocks(from);
  const object = await call.locks.run(lockOf(call), () =>
    placeBlob(call, body, { contentType, headers, metadata, extra }, blocks),
  );
  return { status: 202, headers: { ...written(object), "x-ms-copy-id": copyId, "x-ms-copy-status": "success" } };
}

/** Put Blob From URL, within the account. https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url */
export async function putBlobFromUrl(call: BlobCall): Promise<AzureResponse> {
  const { request } = call;
  if (request.header("x-ms-blob-type") !== "BlockBlob") {
    throw invalidHeader("x-ms-blob-type", request.header("x-ms-blob-type") ?? "");
  }
  demandContainer(call);
  const from = sourceOf(call);
  const source = readSource(from);
  checkSourceMd5(call, source);
  const keeps = (request.header("x-ms-copy-source-blob-properties") ?? "true") === "true";
  const own = blobHeaders(request, false);
  const kept = keeps ? { contentType: source.contentType, headers: { ...source.headers, ...own.headers } } : own;
  const contentType = request.header("x-ms-blob-content-type") ?? kept.contentType;
  const md5 = Buffer.from(source.md5).toString("base64");
  const tier = tierOf(call);
  const extra = { md5, ...(tier === undefined ? {} : { tier }) };
  const body = call.store.objects.clone(source, { ephemeral: true });
  const meta = { ...kept, contentType, metadata: metadataOf(request), extra };
  const object = await call.locks.run(lockOf(call), () => placeBlob(call, body, meta));
  return { status: 201, headers: { ...written(object), "content-md5": md5 } };
}

/** Put Block From URL, within the account. https://learn.microsoft.com/rest/api/storageservices/put-block-from-url */
export async function putBlockFromUrl(call: BlobCall): Promise<AzureResponse> {
  const { request } = call;
  const blockId = blockIdOf(call);
  checkBlockTarget(call, blockId);
  const from = sourceOf(call);
  const source = readSource(from);
  const body = await durableRange(from, source, request.header("x-ms-source-range"));
  await keepBlock(call, blockId, body);
  return { status: 201, headers: { "content-md5": Buffer.from(body.md5).toString("base64") } };
}

async function durableRange(call: BlobCall, source: StoredObject, range: string | undefined): Promise<StagedBody> {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "bytes=0-") ?? [];
  if (first === undefined) throw invalidHeader("x-ms-source-range", range ?? "");
  const from = Number(first);
  const to = last === "" ? source.size : Math.min(source.size, Number(last) + 1);
  if (from > to || (from === to && source.size > 0)) throw blobFailure("InvalidRange");
  const { objects } = call.store;
  if (from === 0 && to === source.size) return objects.clone(source);
  return objects.stage(objects.read(source, from, to));
}

function checkSourceMd5({ request }: BlobCall, source: StoredObject): void {
  const given = request.header("x-ms-source-content-md5");
  if (given !== undefined && given !== Buffer.from(source.md5).toString("base64")) throw blobFailure("Md5Mismatch");
}

/**
 * The source as a call of its own, authorised by what its URL or x-ms-copy-source-authorization carries, else by the copy's own
 * credentials where these are the account's (key or token). Only this account's blobs can be copied.
 */
function sourceOf(call: BlobCall): BlobCall {
  const { request, account } = call;
  const text = request.header("x-ms-copy-source") ?? "";
  if (!URL.canParse(text)) throw invalidHeader("x-ms-copy-source", text);
  const url = new URL(text);
  const [, name = "", container = "", ...blob] = url.pathname.split("/");
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname) && name === account.name;
  if (!isHere || container === "" || blob.length === 0) throw blobFailure("CannotVerifyCopySource");
  const target = { service: "blob", container: decoded(container), blob: decoded(blob.join("/")) } as const;
  const authorization = request.header("x-ms-copy-source-authorization");
  const own = url.searchParams.has("sig") || authorization !== undefined;
  if (url.searchParams.has("snapshot") || url.searchParams.has("versionid"))
    throw blobFailure("CannotVerifyCopySource");
  if (!own && call.grant.by === "sas") throw blobFailure("CannotVerifyCopySource");
  const asked = own ? sourceRequest(request, url, authorization) : request;
  const grant = own ? authorize(asked, target, account, call.accountUrl) : call.grant;
  const refusal = grant.refuses({ on: "object", permissions: "r", byServiceSas: true });
  if (refusal !== undefined) throw refusal;
  return { ...call, ...target, request: asked, grant };
}

function sourceRequest(request: AzureRequest, url: URL, authorization: string | undefined): AzureRequest {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const header = (name: string) => (name === "authorization" ? authorization : request.header(name));
  return { ...request, rawPath: url.pathname, query, header };
}

/** Throws `AzureFailure`: CannotVerifyCopySource, or what the source's own conditions answer. */
function readSource(from: BlobCall): StoredObject {
  const source = demandBlob(from);
  const conditions = conditionsOf(from.request.header, "x-ms-source-");
  const refusal = readRefusal(conditions, judged(source)!);
  if (refusal !== undefined) throw refusal.status === 304 ? blobFailure("ConditionNotMet") : refusal;
  return source;
}
