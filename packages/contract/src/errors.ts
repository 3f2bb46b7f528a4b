/**
 * The error table. Exit status, HTTP status, the decision to retry and `docs/errors.md` all come from it.
 * Append-only: a code is never renamed, renumbered or reused.
 */
interface CodeRow {
  readonly exit: number;
  readonly http: number;
  readonly retry: "never" | "later";
  readonly means: string;
}

export const codes = {
  unknown: { exit: 1, http: 500, retry: "never", means: "could not be classified" },
  internal: { exit: 1, http: 500, retry: "never", means: "a bug in Trimaran" },
  invalid_argument: { exit: 2, http: 400, retry: "never", means: "the caller asked for something meaningless" },
  spec_invalid: { exit: 3, http: 422, retry: "never", means: "the app spec does not hold" },
  unsupported: { exit: 4, http: 422, retry: "never", means: "this provider cannot do what the spec needs" },
  not_found: { exit: 10, http: 404, retry: "never", means: "the thing does not exist" },
  already_exists: { exit: 11, http: 409, retry: "never", means: "the thing exists and should not" },
  conflict: { exit: 12, http: 412, retry: "never", means: "it changed since it was read" },
  unauthenticated: { exit: 13, http: 401, retry: "never", means: "no valid credentials" },
  permission_denied: { exit: 14, http: 403, retry: "never", means: "valid credentials, too few rights" },
  quota_exhausted: { exit: 15, http: 429, retry: "later", means: "a limit of the account was reached" },
  unavailable: { exit: 16, http: 503, retry: "later", means: "the service did not answer properly" },
  timeout: { exit: 17, http: 504, retry: "later", means: "no answer within the limit" },
  lease_held: { exit: 22, http: 423, retry: "later", means: "another process runs this" },
  verification_failed: { exit: 24, http: 500, retry: "never", means: "the result was read back and is wrong" },
  verdict_failed: {
    exit: 25,
    http: 422,
    retry: "never",
    means: "it ran, and the answer is no: canary, smoke, drill, drift, budget",
  },
  tool_missing: { exit: 26, http: 424, retry: "never", means: "a program that this needs is not installed" },
  canceled: { exit: 130, http: 499, retry: "never", means: "stopped on request" },
} as const satisfies Record<string, CodeRow>;

export type ErrorCode = keyof typeof codes;

/** Names only, never values: safe to log and to send. */
export interface ErrorSite {
  readonly provider?: string;
  readonly driver?: string;
  readonly op?: string;
  readonly resource?: string;
  /** The site where the resource's data lives. */
  readonly home?: string;
}

/** The one error class. `message` never holds a value the user typed or a vendor's raw text (that is `cause`). */
export class TrimaranError extends Error {
  override readonly name = "TrimaranError";
  readonly code: ErrorCode;
  /** What the reader can do now, best as a command or a setting. */
  readonly hint: string | undefined;
  readonly at: ErrorSite;

  constructor(
    code: ErrorCode,
    message: string,
    more: { readonly cause?: unknown; readonly hint?: string | undefined; readonly at?: ErrorSite } = {},
  ) {
    super(message, "cause" in more ? { cause: more.cause } : undefined);
    this.code = code;
    this.hint = more.hint;
    this.at = more.at ?? {};
  }
}

/** By shape, not by class: holds across two copies of the package and across JSON. */
export function isTrimaranError(e: unknown): e is TrimaranError {
  const x = e as { name?: unknown; code?: unknown } | null | undefined;
  return x?.name === "TrimaranError" && typeof x.code === "string" && x.code in codes;
}

/** Names a vendor's error, or says `undefined` where it does not know it. */
export type Classify = (e: unknown) => ErrorCode | undefined;

/** The code of any error: ours by shape, an abort, what `classify` knows, a timeout, else its cause's, else `unknown`. */
export function codeOf(e: unknown, classify?: Classify): ErrorCode {
  if (isTrimaranError(e)) return e.code;
  if (e instanceof Error && e.name === "AbortError") return "canceled";
  // Asked first: the AWS SDK calls a reset connection a TimeoutError as well.
  const own = classify?.(e);
  if (own !== undefined) return own;
  if (e instanceof Error && e.name === "TimeoutError") return "timeout";
  return e instanceof Error && e.cause !== undefined ? codeOf(e.cause, classify) : "unknown";
}
