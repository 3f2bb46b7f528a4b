import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import type { Identity } from "./keys.ts";
import { headerOf } from "./sigv4/parse.ts";
import { type Refusal, verifyRequest } from "./sigv4/verify.ts";

/** What a JSON service answers instead of a result: `{"__type": ..., "message": ...}`. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  readonly type: string;
  readonly status: number;
  /** Further members of the error document. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.details = details;
  }
}

export interface JsonCall {
  /** Of X-Amz-Target, after the dot. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly identity: Identity;
}

export interface JsonServiceOptions {
  /** The service's name in a signature's scope. */
  readonly service: string;
  /** What X-Amz-Target has before the dot. */
  readonly target: string;
  readonly contentType: string;
  readonly rootKey: Uint8Array;
  readonly now: () => number;
  /** The operations that are answered; any other one is an UnknownOperationException. */
  readonly operations: readonly string[];
  readonly run: (call: JsonCall) => Promise<unknown>;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const CORAL = "com.amazon.coral.service#";

/** The AWS JSON protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function makeJsonHandler(options: JsonServiceOptions) {
  let count = 0;
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader("x-amzn-requestid", requestId(options.now(), count++));
    answer(options, request)
      .then(
        (result) => send(options, response, 200, result),
        (e: unknown) => {
          const fault = e instanceof JsonFault ? e : new JsonFault("InternalServerError", "The request failed.", 500);
          send(options, response, fault.status, { __type: fault.type, message: fault.message, ...fault.details });
        },
      )
      .finally(() => request.resume());
  };
}

/** Unique in this process, and shaped as a UUID. */
export function requestId(now: number, count: number): string {
  const hex = now.toString(16).padStart(12, "0") + count.toString(16).padStart(20, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function answer(options: JsonServiceOptions, request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  const at = (request.url ?? "/").indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : request.url!.slice(at + 1));
  const hash = createHash("sha256").update(body).digest("hex");
  const { rootKey, service } = options;
  const verdict = verifyRequest(request, query, hash, { rootKey, service, now: options.now() });
  if (!verdict.ok) throw refused(verdict.why, verdict.detail);
  if (request.method !== "POST") throw new JsonFault(`${CORAL}UnknownOperationException`, "", 404);
  const [target, operation] = (headerOf(request, "x-amz-target") ?? "").split(".");
  if (target !== options.target || operation === undefined || !options.operations.includes(operation)) {
    throw new JsonFault(`${CORAL}UnknownOperationException`, "");
  }
  return options.run({ operation, input: parseBody(body), identity: verdict.identity });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new JsonFault("RequestEntityTooLargeException", "The request is too large.", 413);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseBody(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (_e) {
    // answered below like any other text that is no object
  }
  throw new JsonFault(`${CORAL}SerializationException`, "");
}

const INVALID_TOKEN = "The security token included in the request is invalid.";
const REFUSALS: Readonly<Record<Refusal, readonly [string, string]>> = {
  missing: ["MissingAuthenticationTokenException", "Request is missing Authentication Token"],
  version_2: ["IncompleteSignatureException", "Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256)."],
  malformed: ["IncompleteSignatureException", "The signature is incomplete"],
  wrong_scope: ["InvalidSignatureException", "Credential should be scoped to correct service and date"],
  unsigned_headers: ["InvalidSignatureException", "'Host' and all 'X-Amz' headers must be signed"],
  skewed: ["InvalidSignatureException", "Signature expired or not yet current: more than 15 min. from now"],
  link_expired: ["InvalidSignatureException", "Signature expired"],
  unknown_key: ["UnrecognizedClientException", INVALID_TOKEN],
  invalid_token: ["UnrecognizedClientException", INVALID_TOKEN],
  expired_token: ["ExpiredTokenException", "The security token included in the request is expired"],
  bad_signature: [
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  ],
};

function refused(why: Refusal, detail: string): JsonFault {
  const [type, message] = REFUSALS[why];
  return new JsonFault(`${CORAL}${type}`, why === "malformed" ? detail : message);
}

function send(options: JsonServiceOptions, response: ServerResponse, status: number, result: unknown): void {
  if (response.destroyed) return;
  const body = Buffer.from(JSON.stringify(result));
  response.writeHead(status, {
    "content-type": options.contentType,
    "content-length": String(body.length),
    "x-amz-crc32": String(crc32(body)),
  });
  response.end(body);
}
