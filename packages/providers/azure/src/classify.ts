import type { ErrorCode } from "@trimaran/contract";

const byCode: Readonly<Record<string, ErrorCode>> = {
  BlobNotFound: "not_found",
  ContainerNotFound: "not_found",
  ResourceNotFound: "not_found",
  SecretNotFound: "not_found",
  TableNotFound: "not_found",
  BlobAlreadyExists: "already_exists",
  ContainerAlreadyExists: "already_exists",
  EntityAlreadyExists: "already_exists",
  ResourceAlreadyExists: "already_exists",
  TableAlreadyExists: "already_exists",
  ConditionNotMet: "conflict",
  UpdateConditionNotSatisfied: "conflict",
  // Another write to the same blob threw the blocks away that were not yet part of it.
  InvalidBlockList: "conflict",
  AuthenticationFailed: "unauthenticated",
  InvalidAuthenticationInfo: "unauthenticated",
  NoAuthenticationInformation: "unauthenticated",
  Unauthorized: "unauthenticated",
  AuthorizationFailure: "permission_denied",
  AuthorizationPermissionMismatch: "permission_denied",
  Forbidden: "permission_denied",
  InsufficientAccountPermissions: "permission_denied",
  InvalidRange: "invalid_argument",
  Md5Mismatch: "verification_failed",
  OperationTimedOut: "timeout",
  ServerBusy: "quota_exhausted",
  Throttled: "quota_exhausted",
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
  // An answer that broke off is no XML or JSON.
  PARSE_ERROR: "unavailable",
  REQUEST_SEND_ERROR: "unavailable",
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
  AggregateAuthenticationError: "unauthenticated",
  AuthenticationError: "unauthenticated",
  AuthenticationRequiredError: "unauthenticated",
  CredentialUnavailableError: "unauthenticated",
};

/**
 * Names an error of the Azure SDK: by the credential's error name, the service's code (in `code`, or in the body for tables),
 * else by the HTTP status.
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
export function classify(e: unknown): ErrorCode | undefined {
  if (!(e instanceof Error)) return undefined;
  if (Object.hasOwn(byName, e.name)) return byName[e.name];
  const error = e as Error & {
    readonly code?: unknown;
    readonly statusCode?: unknown;
    readonly details?: { readonly odataError?: { readonly code?: unknown }; readonly errorCode?: unknown };
  };
  for (const code of [error.code, error.details?.odataError?.code, error.details?.errorCode]) {
    if (typeof code === "string" && Object.hasOwn(byCode, code)) return byCode[code];
  }
  const status = error.statusCode;
  if (typeof status !== "number") return undefined;
  return byStatus[status] ?? (status >= 500 ? "unavailable" : undefined);
}
