import { createHash } from "node:crypto";
import { StorageFault } from "../faults.ts";
import { type Exchange, header } from "../http.ts";
import type { SigningKey } from "../keys.ts";
import { serviceAccount } from "../project.ts";

const maxSeconds = 7 * 24 * 60 * 60;

/** True when the URL carries a signature, which then stands for the Authorization header. */
export function isSigned(x: Exchange): boolean {
  return x.query.has("X-Goog-Signature") || x.query.has("Signature");
}

/**
 * Checks a signed URL, version 4 or 2. 403 for a wrong signature, 400 for one that is expired or malformed.
 * https://cloud.google.com/storage/docs/authentication/signatures, .../access-control/signed-urls-v2
 */
export function checkSigned(x: Exchange, key: SigningKey, nowMs: number): void {
  const isFine = x.query.has("X-Goog-Signature") ? checkV4(x, key, nowMs) : checkV2(x, key, nowMs);
  if (isFine) return;
  const message = "Access denied. The request signature we calculated does not match the signature you provided.";
  throw new StorageFault(403, "SignatureDoesNotMatch", message);
}

function checkV4(x: Exchange, key: SigningKey, nowMs: number): boolean {
  const q = (name: string) => {
    const value = x.query.get(`X-Goog-${name}`);
    if (value === null) throw malformed(`X-Goog-${name} is missing`);
    return value;
  };
  if (q("Algorithm") !== "GOOG4-RSA-SHA256") throw malformed("only GOOG4-RSA-SHA256 is served by this local cloud");
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(q("Date")) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const seconds = Number(q("Expires"));
  if (Number.isNaN(signedAt)) throw malformed("X-Goog-Date is no date");
  if (!(seconds > 0 && seconds <= maxSeconds)) throw malformed("X-Goog-Expires must be 1 to 604800");
  if (nowMs >= signedAt + seconds * 1000) throw expired(signedAt + seconds * 1000);
  const scope = `${year}${month}${day}/auto/storage/goog4_request`;
  if (q("Credential") !== `${serviceAccount}/${scope}`) return false;

  const names = q("SignedHeaders").split(";");
  if (!names.includes("host")) throw malformed("the host header must be signed");
  const signature = Buffer.from(q("Signature"), "hex");
  const payload = header(x.request, "x-goog-content-sha256") ?? "UNSIGNED-PAYLOAD";
  const query = canonicalQuery(x.query);
  const host = header(x.request, "host") ?? "";
  // Some clients sign the host without its port.
  return [host, host.replace(/:\d+$/, "")].some((hostValue) => {
    const headers = names.map((name) => `${name}:${tidy(name === "host" ? hostValue : header(x.request, name))}\n`);
    const request = [x.request.method, x.rawPath, query, headers.join(""), names.join(";"), payload].join("\n");
    const hash = createHash("sha256").update(request).digest("hex");
    return key.verify(Buffer.from(["GOOG4-RSA-SHA256", q("Date"), scope, hash].join("\n")), signature);
  });
}

function checkV2(x: Exchange, key: SigningKey, nowMs: number): boolean {
  const expires = Number(x.query.get("Expires"));
  if (!Number.isInteger(expires)) throw malformed("Expires is missing");
  if (nowMs >= expires * 1000) throw expired(expires * 1000);
  if (x.query.get("GoogleAccessId") !== serviceAccount) return false;
  const extra = Object.keys(x.request.headers)
    .filter((name) => name.startsWith("x-goog-") && !name.startsWith("x-goog-encryption"))
    .sort()
    .map((name) => `${name}:${tidy(header(x.request, name))}\n`);
  const md5 = header(x.request, "content-md5") ?? "";
  const type = header(x.request, "content-type") ?? "";
  const text = [x.request.method, md5, type, String(expires), extra.join("") + x.rawPath].join("\n");
  return key.verify(Buffer.from(text), Buffer.from(x.query.get("Signature") ?? "", "base64"));
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Goog-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

const tidy = (value: string | undefined) => (value ?? "").trim().replace(/\s{2,}/g, " ");

function malformed(why: string): StorageFault {
  return new StorageFault(400, "InvalidArgument", `Invalid argument: ${why}.`);
}

function expired(atMs: number): StorageFault {
  const message = `The provided token has expired. Request signature expired at: ${new Date(atMs).toISOString()}`;
  return new StorageFault(400, "ExpiredToken", message);
}
