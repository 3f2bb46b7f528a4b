import type { ErrorCode } from "@trimaran/contract";

/** https://grpc.io/docs/guides/status-codes/ */
const byGrpc: Readonly<Record<number, ErrorCode>> = {
  1: "canceled",
  3: "invalid_argument",
  4: "timeout",
  5: "not_found",
  6: "already_exists",
  7: "permission_denied",
  8: "quota_exhausted",
  9: "conflict",
  10: "conflict",
  11: "invalid_argument",
  12: "unsupported",
  13: "unavailable",
  14: "unavailable",
  15: "verification_failed",
  16: "unauthenticated",
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  408: "timeout",
  409: "conflict",
  412: "conflict",
  413: "invalid_argument",
  416: "invalid_argument",
  429: "quota_exhausted",
  501: "unsupported",
};

const byName: Readonly<Record<string, ErrorCode>> = {
  CONTENT_DOWNLOAD_MISMATCH: "verification_failed",
  FILE_NO_UPLOAD: "verification_failed",
  FILE_NO_UPLOAD_DELETE: "verification_failed",
  ECONNABORTED: "unavailable",
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EAI_AGAIN: "unavailable",
  EHOSTUNREACH: "unavailable",
  ENETUNREACH: "unavailable",
  ENOTFOUND: "unavailable",
  EPIPE: "unavailable",
  ERR_STREAM_PREMATURE_CLOSE: "unavailable",
  ETIMEDOUT: "timeout",
};

/**
 * Names an error of Google's SDKs: `code` holds a gRPC code, an HTTP status or the name of a connection's error.
 * https://cloud.google.com/storage/docs/json_api/v1/status-codes
 */
export function classify(e: unknown): ErrorCode | undefined {
  if (!(e instanceof Error)) return undefined;
  const { code, status } = e as Error & { readonly code?: unknown; readonly status?: unknown };
  for (const given of [code, status]) {
    const text = String(given);
    if (Object.hasOwn(byName, text)) return byName[text];
    const number = typeof given === "number" || /^[0-9]+$/.test(text) ? Number(given) : undefined;
    if (number === undefined) continue;
    const named = number < 100 ? byGrpc[number] : (byStatus[number] ?? (number >= 500 ? "unavailable" : undefined));
    if (named !== undefined) return named;
  }
  return undefined;
}
