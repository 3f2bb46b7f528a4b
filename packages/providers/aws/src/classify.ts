import { type ErrorCode, TrimaranError } from "@trimaran/contract";

const byName: Readonly<Record<string, ErrorCode>> = {
  NoSuchKey: "not_found",
  NoSuchBucket: "not_found",
  NoSuchVersion: "not_found",
  NotFound: "not_found",
  ResourceNotFoundException: "not_found",
  BucketAlreadyExists: "already_exists",
  BucketAlreadyOwnedByYou: "already_exists",
  ResourceExistsException: "already_exists",
  ResourceInUseException: "already_exists",
  PreconditionFailed: "conflict",
  ConditionalRequestConflict: "conflict",
  ConditionalCheckFailedException: "conflict",
  TransactionConflictException: "conflict",
  OperationAborted: "conflict",
  CredentialsProviderError: "unauthenticated",
  TokenProviderError: "unauthenticated",
  ExpiredToken: "unauthenticated",
  ExpiredTokenException: "unauthenticated",
  InvalidAccessKeyId: "unauthenticated",
  InvalidClientTokenId: "unauthenticated",
  InvalidSignatureException: "unauthenticated",
  InvalidToken: "unauthenticated",
  MissingAuthenticationToken: "unauthenticated",
  MissingAuthenticationTokenException: "unauthenticated",
  RequestExpired: "unauthenticated",
  RequestTimeTooSkewed: "unauthenticated",
  SignatureDoesNotMatch: "unauthenticated",
  UnrecognizedClientException: "unauthenticated",
  AccessDenied: "permission_denied",
  AccessDeniedException: "permission_denied",
  InvalidRange: "invalid_argument",
  InvalidParameterException: "invalid_argument",
  InvalidRequestException: "invalid_argument",
  KeyTooLongError: "invalid_argument",
  ValidationException: "invalid_argument",
  ItemCollectionSizeLimitExceededException: "quota_exhausted",
  LimitExceededException: "quota_exhausted",
  ProvisionedThroughputExceededException: "quota_exhausted",
  RequestLimitExceeded: "quota_exhausted",
  SlowDown: "quota_exhausted",
  Throttling: "quota_exhausted",
  ThrottlingException: "quota_exhausted",
  TooManyRequestsException: "quota_exhausted",
  BadDigest: "verification_failed",
  InvalidDigest: "verification_failed",
  XAmzContentChecksumMismatch: "verification_failed",
  RequestTimeout: "timeout",
  InternalError: "unavailable",
  InternalServerError: "unavailable",
  InternalServiceError: "unavailable",
  ServiceUnavailable: "unavailable",
  NotImplemented: "unsupported",
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  409: "conflict",
  412: "conflict",
  416: "invalid_argument",
  429: "quota_exhausted",
  501: "unsupported",
};

const connectionCodes = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/**
 * Names an error of the AWS SDK: by its name, else by the HTTP status, else by the connection's code.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function classify(e: unknown): ErrorCode | undefined {
  if (!(e instanceof Error)) return undefined;
  const error = e as Error & {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const named = Object.hasOwn(byName, error.name) ? byName[error.name] : undefined;
  if (named !== undefined) return named;
  const status = error.$metadata?.httpStatusCode;
  // Below, the answer was a good one, and broke off while it was read.
  if (status !== undefined && status >= 400) return byStatus[status] ?? (status >= 500 ? "unavailable" : undefined);
  if (error.code === "ETIMEDOUT") return "timeout";
  return typeof error.code === "string" && connectionCodes.has(error.code) ? "unavailable" : undefined;
}

/**
 * A refused condition, unless the SDK had sent the request before and the answer was lost: then it may have been refused because of itself,
 * and nobody knows.
 */
export function honestConflict(e: unknown): unknown {
  const { attempts = 1 } = (e as { readonly $metadata?: { readonly attempts?: number } }).$metadata ?? {};
  if (attempts === 1 || classify(e) !== "conflict") return e;
  return new TrimaranError("unavailable", "an answer was lost; the write may have been carried out", { cause: e });
}
