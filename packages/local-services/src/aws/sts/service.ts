import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { verifyToken } from "../../core/credentials.ts";
import type { LocalService } from "../../core/types.ts";
import { ACCOUNT_ID, assumedRoleArn } from "../account.ts";
import { requestId } from "../json-service.ts";
import { type AwsSession, type Identity, issueSession } from "../keys.ts";
import { type Refusal, verifyRequest } from "../sigv4/verify.ts";
import { toXml, type XmlFields } from "../xml.ts";

export interface StsContext {
  readonly rootKey: Uint8Array;
  readonly now: () => number;
}

/** Tokens of this kind, issued by a local cloud with the same root key, open a role. */
export const WEB_IDENTITY = "web-identity";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const MAX_BODY_BYTES = 64 * 1024;

class StsFault extends Error {
  override readonly name = "StsFault";
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface StsCall {
  readonly context: StsContext;
  readonly form: URLSearchParams;
  /** Who signed; AssumeRoleWithWebIdentity is not signed. */
  readonly identity: Identity | undefined;
}

const operations: Readonly<Record<string, { readonly isSigned: boolean; readonly run: (call: StsCall) => XmlFields }>> =
  {
    AssumeRole: { isSigned: true, run: assumeRole },
    AssumeRoleWithWebIdentity: { isSigned: false, run: assumeRoleWithWebIdentity },
    GetCallerIdentity: { isSigned: true, run: getCallerIdentity },
  };
export const STS_OPERATIONS: readonly string[] = Object.keys(operations);

/** AWS Security Token Service, in the query protocol: https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */
export function makeStsService(context: StsContext): LocalService {
  let count = 0;
  return {
    name: "sts",
    transport: "https",
    handle(request, response) {
      const id = requestId(context.now(), count++);
      answer(context, request)
        .then(
          ({ action, result }) =>
            send(response, 200, `${action}Response`, {
              [`${action}Result`]: result,
              ResponseMetadata: { RequestId: id },
            }),
          (e: unknown) => {
            const fault = e instanceof StsFault ? e : new StsFault("InternalFailure", "The request failed.", 500);
            const Type = fault.status < 500 ? "Sender" : "Receiver";
            send(response, fault.status, "ErrorResponse", {
              Error: { Type, Code: fault.code, Message: fault.message },
              RequestId: id,
            });
          },
        )
        .finally(() => request.resume());
    },
  };
}

async function answer(context: StsContext, request: IncomingMessage): Promise<{ action: string; result: XmlFields }> {
  const body = await readBody(request);
  const at = (request.url ?? "/").indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : request.url!.slice(at + 1));
  const form = request.method === "POST" ? new URLSearchParams(body.toString("utf8")) : query;
  const action = form.get("Action") ?? "";
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
  if (operation === undefined) {
    throw new StsFault("InvalidAction", `Could not find operation ${action} for version 2011-06-15`, 400);
  }
  if (!operation.isSigned) return { action, result: operation.run({ context, form, identity: undefined }) };
  const hash = createHash("sha256").update(body).digest("hex");
  const { rootKey, now } = context;
  const verdict = verifyRequest(request, query, hash, { rootKey, service: "sts", now: now() });
  if (!verdict.ok) throw refused(verdict.why);
  return { action, result: operation.run({ context, form, identity: verdict.identity }) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new StsFault("ValidationError", "The request is too large.", 413);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const BAD_TOKEN = "The security token included in the request is invalid.";
const REFUSALS: Readonly<Record<Refusal, readonly [string, string, number]>> = {
  missing: ["MissingAuthenticationToken", "Request is missing Authentication Token", 403],
  version_2: ["IncompleteSignature", "Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256).", 400],
  malformed: ["IncompleteSignature", "The signature is incomplete", 400],
  wrong_scope: ["SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.", 403],
  unsigned_headers: ["SignatureDoesNotMatch", "'Host' and all 'X-Amz' headers must be signed", 403],
  skewed: ["SignatureDoesNotMatch", "Signature expired or not yet current: more than 15 min. from now", 403],
  link_expired: ["SignatureDoesNotMatch", "Signature expired", 403],
  unknown_key: ["InvalidClientTokenId", BAD_TOKEN, 403],
  invalid_token: ["InvalidClientTokenId", BAD_TOKEN, 403],
  expired_token: ["ExpiredToken", "The security token included in the request is expired", 403],
  bad_signature: [
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
    403,
  ],
};

function refused(why: Refusal): StsFault {
  const [code, message, status] = REFUSALS[why];
  return new StsFault(code, message, status);
}

function getCallerIdentity({ identity }: StsCall): XmlFields {
  const { arn, accessKeyId } = identity!;
  const session = /assumed-role\/[^/]+\/(.+)$/.exec(arn)?.[1];
  const UserId = session === undefined ? accessKeyId : `${roleId(arn)}:${session}`;
  return { Arn: arn, UserId, Account: ACCOUNT_ID };
}

function assumeRole(call: StsCall): XmlFields {
  for (const name of ["Policy", "SerialNumber", "TokenCode", "PolicyArns.member.1.arn"]) {
    if (call.form.has(name)) throw new StsFault("ValidationError", `${name} is not supported by this service`, 400);
  }
  return assumed(call);
}

function assumeRoleWithWebIdentity(call: StsCall): XmlFields {
  const { context, form } = call;
  const token = form.get("WebIdentityToken") ?? "";
  const check = verifyToken(context.rootKey, WEB_IDENTITY, token, context.now());
  if (!check.ok && check.why === "expired") throw new StsFault("ExpiredTokenException", "Token expired", 400);
  if (!check.ok) throw new StsFault("InvalidIdentityToken", "The web identity token could not be verified", 400);
  return { ...assumed(call), SubjectFromWebIdentityToken: check.token.subject, Provider: "local" };
}

function assumed({ context, form }: StsCall): XmlFields {
  const role = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(form.get("RoleArn") ?? "");
  const session = form.get("RoleSessionName") ?? "";
  const duration = Number(form.get("DurationSeconds") ?? 3600);
  if (role === null) throw new StsFault("ValidationError", "RoleArn is not the ARN of a role", 400);
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) throw new StsFault("ValidationError", "RoleSessionName is not valid", 400);
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    throw new StsFault("ValidationError", "DurationSeconds must be between 900 and 43200", 400);
  }
  if (role[1] !== ACCOUNT_ID) throw new StsFault("AccessDenied", "The role belongs to another account", 403);
  const arn = assumedRoleArn(role[2]!, session);
  return {
    Credentials: credentials(issueSession(context.rootKey, arn, context.now() + duration * 1000)),
    AssumedRoleUser: { AssumedRoleId: `${roleId(arn)}:${session}`, Arn: arn },
  };
}

function credentials(session: AwsSession): XmlFields {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: new Date(session.expiresAt).toISOString(),
  };
}

/** An id that a role keeps, in the form of IAM's. */
function roleId(arn: string): string {
  const role = arn.split("/")[1] ?? "";
  const hex = createHash("sha256").update(role).digest("hex").toUpperCase();
  return `AROA${hex.slice(0, 17)}`;
}

function send(response: ServerResponse, status: number, root: string, fields: XmlFields): void {
  if (response.destroyed) return;
  const body = toXml(root, fields, NAMESPACE);
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
