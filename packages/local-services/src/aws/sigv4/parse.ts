import type { IncomingMessage } from "node:http";

/** What a signed request says about its signature, from the Authorization header or the query string. */
export interface SignatureClaim {
  readonly source: "header" | "query";
  readonly accessKeyId: string;
  /** "20260101/us-east-1/s3/aws4_request" */
  readonly scope: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** "20260101T000000Z" */
  readonly amzDate: string;
  /** Only of a presigned URL. */
  readonly expiresSeconds: number | undefined;
}
export type ParsedSignature =
  | { readonly found: "none" }
  | { readonly found: "version_2" }
  | { readonly found: "malformed"; readonly why: string }
  | { readonly found: "signature"; readonly claim: SignatureClaim };

export const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_PRESIGNED_SECONDS = 7 * 24 * 3600;

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

export function parseSignature(request: IncomingMessage, query: URLSearchParams): ParsedSignature {
  const authorization = headerOf(request, "authorization");
  if (authorization?.startsWith("AWS ") === true || query.has("AWSAccessKeyId")) return { found: "version_2" };
  if (authorization !== undefined) return parseHeader(request, authorization);
  if (query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature")) return parseQuery(query);
  return { found: "none" };
}

function parseHeader(request: IncomingMessage, authorization: string): ParsedSignature {
  const space = authorization.indexOf(" ");
  if (authorization.slice(0, space) !== ALGORITHM) return malformed("Unsupported Authorization Type");
  const fields = new Map<string, string>();
  for (const part of authorization.slice(space + 1).split(",")) {
    const at = part.indexOf("=");
    fields.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const amzDate = headerOf(request, "x-amz-date") ?? dateHeader(headerOf(request, "date"));
  return claimFrom({
    source: "header",
    credential: fields.get("Credential"),
    signedHeaders: fields.get("SignedHeaders"),
    signature: fields.get("Signature"),
    sessionToken: headerOf(request, "x-amz-security-token"),
    amzDate,
    expiresSeconds: undefined,
  });
}

function parseQuery(query: URLSearchParams): ParsedSignature {
  if (query.get("X-Amz-Algorithm") !== ALGORITHM) return malformed("X-Amz-Algorithm only supports AWS4-HMAC-SHA256");
  const expires = Number(query.get("X-Amz-Expires") ?? Number.NaN);
  if (!Number.isInteger(expires) || expires < 0) return malformed("X-Amz-Expires should be a number");
  if (expires > MAX_PRESIGNED_SECONDS) return malformed("X-Amz-Expires must be less than a week (in seconds)");
  return claimFrom({
    source: "query",
    credential: query.get("X-Amz-Credential") ?? undefined,
    signedHeaders: query.get("X-Amz-SignedHeaders") ?? undefined,
    signature: query.get("X-Amz-Signature") ?? undefined,
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    amzDate: query.get("X-Amz-Date") ?? undefined,
    expiresSeconds: expires,
  });
}

function claimFrom(raw: {
  readonly source: "header" | "query";
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly sessionToken: string | undefined;
  readonly amzDate: string | undefined;
  readonly expiresSeconds: number | undefined;
}): ParsedSignature {
  const { credential, signedHeaders, signature, amzDate } = raw;
  if (credential === undefined || signedHeaders === undefined || signature === undefined || amzDate === undefined) {
    return malformed("A signature needs a credential, signed headers, a signature and a date");
  }
  if (!/^\d{8}T\d{6}Z$/.test(amzDate)) return malformed("The date must be in ISO 8601 basic format");
  const [accessKeyId, scopeDate, region, service, end, ...more] = credential.split("/");
  if (
    accessKeyId === undefined ||
    scopeDate === undefined ||
    region === undefined ||
    service === undefined ||
    end !== "aws4_request" ||
    more.length > 0
  ) {
    return malformed('The Credential should have the form "<key id>/YYYYMMDD/REGION/SERVICE/aws4_request"');
  }
  const claim: SignatureClaim = {
    source: raw.source,
    accessKeyId,
    scope: `${scopeDate}/${region}/${service}/aws4_request`,
    scopeDate,
    region,
    service,
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    signature,
    sessionToken: raw.sessionToken,
    amzDate,
    expiresSeconds: raw.expiresSeconds,
  };
  return { found: "signature", claim };
}

function malformed(why: string): ParsedSignature {
  return { found: "malformed", why };
}

function dateHeader(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
