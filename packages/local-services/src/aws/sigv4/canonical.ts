import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ALGORITHM, type SignatureClaim } from "./parse.ts";

/**
 * AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * Header bytes are kept as they came (Node reads them as latin1), so hashing goes over latin1 too.
 */
export function canonicalRequest(request: IncomingMessage, claim: SignatureClaim, payloadHash: string): string {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? "" : url.slice(at + 1);
  const headers = claim.signedHeaders.map((name) => `${name}:${headerValue(request, name)}\n`).join("");
  return [
    request.method,
    encodePath(path),
    canonicalQuery(query, claim.source === "query"),
    headers,
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

export function stringToSign(claim: SignatureClaim, canonical: string): string {
  return [ALGORITHM, claim.amzDate, claim.scope, createHash("sha256").update(canonical, "latin1").digest("hex")].join(
    "\n",
  );
}

export function signingKey(secretAccessKey: string, claim: SignatureClaim): Buffer {
  const step = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  return step(step(step(step(`AWS4${secretAccessKey}`, claim.scopeDate), claim.region), claim.service), "aws4_request");
}

export function signText(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text, "latin1").digest("hex");
}

/** RFC 3986: everything but the unreserved characters, in upper-case hex. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Decodes what it can: a client that sends a bare "%" signs it as it is. */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (_e) {
    return text;
  }
}

function encodePath(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeUri(decodeUri(segment)))
    .join("/");
}

function canonicalQuery(query: string, withoutSignature: boolean): string {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      const name = at < 0 ? part : part.slice(0, at);
      const value = at < 0 ? "" : part.slice(at + 1);
      return [
        encodeUri(decodeUri(name.replaceAll("+", " "))),
        encodeUri(decodeUri(value.replaceAll("+", " "))),
      ] as const;
    })
    .filter(([name]) => !(withoutSignature && name === "X-Amz-Signature"))
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function headerValue(request: IncomingMessage, name: string): string {
  const values: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]!.toLowerCase() === name)
      values.push(request.rawHeaders[i + 1]!.trim().replace(/ +/g, " "));
  }
  return values.join(",");
}
