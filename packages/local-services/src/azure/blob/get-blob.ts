import { createHash } from "node:crypto";
import type { StoredObject } from "../../core/types.ts";
import { notImplemented } from "../wire/failure.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, judged, readRefusal } from "./conditions.ts";
import { crc64 } from "./crc64.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { leaseFacts, leaseOf } from "./lease.ts";
import { describing, extraOf } from "./properties.ts";
import { checkReadLease, demandBlob } from "./target.ts";

/** Hashes of ranges are given up to this size. */
const MAX_HASHED = 4 * 1024 * 1024;

/** Get Blob. https://learn.microsoft.com/rest/api/storageservices/get-blob */
export async function getBlob(call: BlobCall): Promise<AzureResponse> {
  const { request, store } = call;
  if (request.header("x-ms-structured-body") !== undefined)
    throw notImplemented("Structured messages are not implemented.");
  const object = readable(call);
  const headers = headersOf(call, object);
  const md5 = extraOf(object).md5;
  const range = rangeOf(call, object.size);
  if (range === undefined) {
    if (wantsHash(call) !== undefined) throw invalidHeader(`x-ms-range-get-content-${wantsHash(call)}`, "true");
    return {
      status: 200,
      headers: { ...headers, "content-md5": md5, "content-length": String(object.size) },
      body: store.objects.read(object),
    };
  }
  const { from, to } = range;
  const partial = {
    ...headers,
    "content-length": String(to - from),
    "content-range": `bytes ${from}-${to - 1}/${object.size}`,
    "x-ms-blob-content-md5": md5,
  };
  const hash = wantsHash(call);
  if (hash !== undefined && to - from > MAX_HASHED) throw blobFailure("OutOfRangeInput");
  const bytes = store.objects.read(object, from, to);
  if (hash === undefined) return { status: 206, headers: partial, body: bytes };
  const body = await whole(bytes);
  return { status: 206, headers: { ...partial, ...hashHeader(hash, body) }, body };
}

/** Get Blob Properties. https://learn.microsoft.com/rest/api/storageservices/get-blob-properties */
export function getBlobProperties(call: BlobCall): AzureResponse {
  const object = readable(call);
  const { md5, tier } = extraOf(object);
  return {
    status: 200,
    headers: {
      ...headersOf(call, object),
      "content-length": String(object.size),
      "content-md5": md5,
      "x-ms-access-tier": tier ?? "Hot",
      "x-ms-access-tier-inferred": tier === undefined ? "true" : undefined,
    },
  };
}

function readable(call: BlobCall): StoredObject {
  const object = demandBlob(call);
  checkReadLease(call);
  const refusal = readRefusal(conditionsOf(call.request.header), judged(object)!);
  if (refusal !== undefined) throw refusal;
  return object;
}

const headersOf = (call: BlobCall, object: StoredObject): Record<string, string> => ({
  ...describing(object),
  ...leaseFacts(leaseOf(call.store, call.container, call.blob), call.request.now),
  ...call.grant.overrides,
});

/** The bytes that are asked for, `to` exclusive; undefined for all. Throws `AzureFailure` InvalidRange. */
function rangeOf({ request }: BlobCall, size: number): { readonly from: number; readonly to: number } | undefined {
  const own = request.header("x-ms-range");
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec((own ?? request.header("range") ?? "").trim()) ?? [];
  if (first === undefined || last === undefined) {
    if (own !== undefined) throw invalidHeader("x-ms-range", own);
    return undefined; // What is no range is no reason to refuse: RFC 9110, 14.2.
  }
  const from = Number(first);
  const to = last === "" ? size : Math.min(size, Number(last) + 1);
  if (from >= size || to <= from)
    throw blobFailure("InvalidRange", { headers: { "content-range": `bytes */${size}` } });
  return { from, to };
}

function wantsHash({ request }: BlobCall): "md5" | "crc64" | undefined {
  const asked = (["md5", "crc64"] as const).filter(
    (hash) => request.header(`x-ms-range-get-content-${hash}`) === "true",
  );
  if (asked.length > 1) throw invalidHeader("x-ms-range-get-content-crc64", "true");
  return asked[0];
}

function hashHeader(hash: "md5" | "crc64", body: Uint8Array): Record<string, string> {
  if (hash === "md5") return { "content-md5": createHash("md5").update(body).digest("base64") };
  const sum = crc64();
  sum.add(body);
  return { "x-ms-content-crc64": sum.value() };
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
