import type { IncomingMessage, ServerResponse } from "node:http";
import type { LocalService } from "../../core/types.ts";
import { decodeUri } from "../sigv4/canonical.ts";
import { headerOf } from "../sigv4/parse.ts";
import { type Refusal, verifyRequest } from "../sigv4/verify.ts";
import { toXml } from "../xml.ts";
import { checkHeaders } from "./accepted-headers.ts";
import type { S3Call, S3Context } from "./call.ts";
import { S3Error, type S3ErrorCode } from "./errors.ts";
import { findOperation } from "./operations.ts";

const MAX_KEY_BYTES = 1024;
const UNSIGNED = "UNSIGNED-PAYLOAD";
const PAYLOADS = [
  UNSIGNED,
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

/** Amazon S3's REST protocol: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html */
export function makeS3Service(context: S3Context): LocalService {
  let count = 0;
  return {
    name: "s3",
    transport: "https",
    handle(request, response) {
      const id = (context.now() * 4096 + (count++ % 4096)).toString(16).toUpperCase().padStart(16, "0");
      response.setHeader("x-amz-request-id", id);
      response.setHeader("x-amz-id-2", Buffer.from(id).toString("base64"));
      response.setHeader("server", "AmazonS3");
      answer(context, request, response)
        .catch((e: unknown) => sendError(request, response, id, e))
        // What a refused request still sends is read and dropped, so that its answer arrives and the connection can stay.
        .finally(() => request.resume());
    },
  };
}

async function answer(context: S3Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  const { bucket, key } = locate(headerOf(request, "host") ?? "", at < 0 ? url : url.slice(0, at));
  const call = signedCall({ context, request, response, query, bucket, key });
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error("KeyTooLongError");
  const target = bucket === "" ? "service" : key === "" ? "bucket" : "object";
  const operation = findOperation(request.method ?? "", target, query, (name) => request.headers[name] !== undefined);
  if (operation === undefined) throw new S3Error("NotImplemented");
  checkHeaders(call);
  await operation.run(call);
}

/** Path style, or the bucket's name before ".localhost" in the host. */
function locate(host: string, path: string): { readonly bucket: string; readonly key: string } {
  const virtual = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/i.exec(host)?.[1];
  const plain = path.replace(/^\//, "");
  if (virtual !== undefined && virtual !== "s3") return { bucket: virtual, key: decodeUri(plain) };
  const slash = plain.indexOf("/");
  if (slash < 0) return { bucket: decodeUri(plain), key: "" };
  return { bucket: decodeUri(plain.slice(0, slash)), key: decodeUri(plain.slice(slash + 1)) };
}

function signedCall(call: Omit<S3Call, "identity" | "payload" | "signing">): S3Call {
  const { request, query, context } = call;
  const payload = headerOf(request, "x-amz-content-sha256") ?? query.get("X-Amz-Content-Sha256") ?? undefined;
  const isLink = query.has("X-Amz-Signature");
  const verdict = verifyRequest(request, query, payload ?? UNSIGNED, {
    rootKey: context.rootKey,
    service: "s3",
    now: context.now(),
  });
  if (!verdict.ok) throw refused(verdict.why, verdict.detail);
  if (payload === undefined && !isLink) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  if (payload !== undefined && !PAYLOADS.includes(payload) && !/^[0-9a-f]{64}$/.test(payload)) {
    throw new S3Error(
      "InvalidArgument",
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING value, or a valid sha256 value.",
    );
  }
  const { claim, signingKey, identity } = verdict;
  return { ...call, identity, payload: payload ?? UNSIGNED, signing: { key: signingKey, claim } };
}

const REFUSALS: Readonly<Record<Refusal, S3ErrorCode>> = {
  missing: "AccessDenied",
  version_2: "InvalidRequest",
  malformed: "AuthorizationHeaderMalformed",
  wrong_scope: "AuthorizationHeaderMalformed",
  unsigned_headers: "AccessDenied",
  skewed: "RequestTimeTooSkewed",
  link_expired: "AccessDenied",
  unknown_key: "InvalidAccessKeyId",
  invalid_token: "InvalidToken",
  expired_token: "ExpiredToken",
  bad_signature: "SignatureDoesNotMatch",
};

function refused(why: Refusal, detail: string): S3Error {
  if (why === "link_expired") return new S3Error("AccessDenied", detail);
  if (why === "unsigned_headers") {
    const message = "There were headers present in the request which were not signed";
    return new S3Error("AccessDenied", message, { HeadersNotSigned: detail });
  }
  if (why === "version_2") {
    const message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    return new S3Error("InvalidRequest", message);
  }
  if (why === "malformed" || why === "wrong_scope") return new S3Error("AuthorizationHeaderMalformed", detail);
  return new S3Error(REFUSALS[why], undefined, why === "unknown_key" ? { AWSAccessKeyId: detail } : {});
}

function sendError(request: IncomingMessage, response: ServerResponse, id: string, e: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const error = e instanceof S3Error ? e : new S3Error("InternalError");
  const resource = (request.url ?? "/").split("?")[0]!;
  const body = toXml("Error", {
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: resource,
    RequestId: id,
  });
  const hasBody = request.method !== "HEAD";
  response.writeHead(error.status, {
    "content-type": "application/xml",
    ...(hasBody ? { "content-length": Buffer.byteLength(body) } : {}),
  });
  response.end(hasBody ? body : undefined);
}
