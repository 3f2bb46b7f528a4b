import { createHmac } from "node:crypto";
import { equalTexts } from "../../core/credentials.ts";
import { authenticationFailed } from "../wire/failure.ts";
import type { AzureRequest } from "../wire/request.ts";
import { compareHeaders } from "./header-order.ts";

export interface SharedKeyAccount {
  readonly name: string;
  readonly key: Uint8Array;
}

const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * Verifies `SharedKey` and `SharedKeyLite` of the Blob and Table services. Throws `AzureFailure` AuthenticationFailed.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
export function checkSharedKey(request: AzureRequest, service: "blob" | "table", account: SharedKeyAccount): void {
  const [, scheme, name, signature] =
    /^(SharedKey|SharedKeyLite) ([^:]+):(.+)$/.exec(request.header("authorization") ?? "") ?? [];
  if (scheme === undefined || name === undefined || signature === undefined) {
    throw authenticationFailed("The Authorization header is not formed correctly.");
  }
  if (name !== account.name)
    throw authenticationFailed("The account of the Authorization header is not the account of the resource.");
  checkDate(request);
  const accepted = stringsToSign(request, service, scheme === "SharedKeyLite", account.name).some((text) =>
    equalTexts(hmac(account.key, text), signature),
  );
  if (!accepted)
    throw authenticationFailed(
      "The MAC signature found in the HTTP request is not the same as any computed signature.",
    );
}

/** Base64 of the HMAC-SHA256: the signature of every scheme of the storage services. */
export const hmac = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text, "utf8").digest("base64");

function checkDate(request: AzureRequest): void {
  const date = request.header("x-ms-date") ?? request.header("date");
  const at = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(at)) throw authenticationFailed("x-ms-date or Date is missing or is not a date.");
  if (Math.abs(request.now - at) > MAX_SKEW_MS) throw authenticationFailed("Request date header too old or too new.");
}

/** Clients disagree about the order of header names, and the real service takes both; so the candidates are two. */
function stringsToSign(
  request: AzureRequest,
  service: "blob" | "table",
  lite: boolean,
  account: string,
): readonly string[] {
  const h = (name: string) => request.header(name) ?? "";
  const resource = lite || service === "table" ? plainResource(request, account) : fullResource(request, account);
  if (service === "table") {
    const date = request.header("x-ms-date") ?? h("date");
    return lite
      ? [`${date}\n${resource}`]
      : [[request.method, h("content-md5"), h("content-type"), date, resource].join("\n")];
  }
  const date = request.header("x-ms-date") === undefined ? h("date") : "";
  const length = h("content-length");
  const head = lite
    ? [request.method, h("content-md5"), h("content-type"), date]
    : [
        request.method,
        h("content-encoding"),
        h("content-language"),
        length === "0" ? "" : length,
        h("content-md5"),
        h("content-type"),
        date,
        h("if-modified-since"),
        h("if-match"),
        h("if-none-match"),
        h("if-unmodified-since"),
        h("range"),
      ];
  const ordinal = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [ordinal, compareHeaders].map((order) => `${head.join("\n")}\n${canonicalHeaders(request, order)}${resource}`);
}

function canonicalHeaders(request: AzureRequest, order: (a: string, b: string) => number): string {
  return Object.keys(request.raw.headers)
    .filter((name) => name.startsWith("x-ms-"))
    .sort(order)
    .map((name) => `${name}:${(request.header(name) ?? "").replace(/\r?\n\s*/g, " ").trim()}\n`)
    .join("");
}

/** With every query parameter, one a line. */
function fullResource(request: AzureRequest, account: string): string {
  const names = [...request.query.keys()].sort();
  return `/${account}${request.rawPath}${names.map((name) => `\n${name}:${request.query.get(name)}`).join("")}`;
}

/** With `comp` alone. */
function plainResource(request: AzureRequest, account: string): string {
  const comp = request.query.get("comp");
  return `/${account}${request.rawPath}${comp === undefined ? "" : `?comp=${comp}`}`;
}
