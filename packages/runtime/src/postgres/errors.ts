import type { ErrorCode } from "@trimaran/contract";

/** By SQLSTATE, or its class where two characters are given (https://www.postgresql.org/docs/15/errcodes-appendix.html). */
const byState: Readonly<Record<string, ErrorCode>> = {
  "08": "unavailable",
  "22": "invalid_argument",
  "23505": "already_exists",
  "23": "invalid_argument",
  "25006": "permission_denied", // a write in a read-only transaction
  "28": "unauthenticated",
  "3D000": "not_found",
  "40": "conflict",
  "42501": "permission_denied",
  "42P01": "not_found",
  "42": "invalid_argument",
  "53": "quota_exhausted",
  "55P03": "unavailable", // a lock was not got in time
  "57014": "timeout", // statement_timeout, or canceled by somebody
  "57": "unavailable",
  "58": "unavailable",
};

const bySystemError: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EHOSTUNREACH: "unavailable",
  ENETUNREACH: "unavailable",
  ENOTFOUND: "unavailable",
  EAI_AGAIN: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
};

/** A certificate that does not hold (https://nodejs.org/api/tls.html#x509-certificate-error-codes), or TLS that does not come about. */
const tlsCode =
  /^ERR_(TLS|SSL)_|CERT|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/;

/** Names the errors of Postgres and of the way to it; `undefined` for any other, an app's own among them. */
export function classifyPostgres(e: unknown): ErrorCode | undefined {
  if (!(e instanceof Error)) return undefined;
  const { code } = e as { readonly code?: unknown };
  if (typeof code === "string") {
    if (/^[0-9A-Z]{5}$/.test(code) && "severity" in e) return byState[code] ?? byState[code.slice(0, 2)] ?? "unknown";
    if (tlsCode.test(code)) return "unauthenticated";
    return bySystemError[code];
  }
  // `pg` gives these no code: https://github.com/brianc/node-postgres
  if (/^Connection terminated|^timeout expired|^timeout exceeded when trying to connect/.test(e.message)) {
    return "unavailable";
  }
  return e.message === "The server does not support SSL connections" ? "unauthenticated" : undefined;
}
