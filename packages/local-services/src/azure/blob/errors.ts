import { AzureFailure } from "../wire/failure.ts";

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const rows = {
  BlobAlreadyExists: [409, "The specified blob already exists."],
  BlobNotFound: [404, "The specified blob does not exist."],
  BlockCountExceedsLimit: [409, "The committed block count cannot exceed the maximum limit of 50,000 blocks."],
  BothCrc64AndMd5HeaderPresent: [400, "Both x-ms-content-crc64 header and Content-MD5 header are present."],
  CannotVerifyCopySource: [404, "The specified blob does not exist."],
  ConditionNotMet: [412, "The condition specified using HTTP conditional header(s) is not met."],
  ContainerAlreadyExists: [409, "The specified container already exists."],
  ContainerNotFound: [404, "The specified container does not exist."],
  Crc64Mismatch: [
    400,
    "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
  ],
  InvalidBlobOrBlock: [400, "The specified blob or block content is invalid."],
  InvalidBlockList: [400, "The specified block list is invalid."],
  InvalidHeaderValue: [400, "The value for one of the HTTP headers is not in the correct format."],
  InvalidMd5: [
    400,
    "The MD5 value specified in the request is invalid. The MD5 value must be 128 bits and Base64-encoded.",
  ],
  InvalidMetadata: [400, "The metadata specified is invalid. It has characters that are not permitted."],
  InvalidQueryParameterValue: [400, "Value for one of the query parameters specified in the request URI is invalid."],
  InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
  InvalidResourceName: [400, "The specified resource name contains invalid characters."],
  LeaseAlreadyPresent: [409, "There is already a lease present."],
  LeaseIdMismatchWithBlobOperation: [412, "The lease ID specified did not match the lease ID for the blob."],
  LeaseIdMismatchWithContainerOperation: [412, "The lease ID specified did not match the lease ID for the container."],
  LeaseIdMismatchWithLeaseOperation: [409, "The lease ID specified did not match the lease ID for the blob/container."],
  LeaseIdMissing: [412, "There is currently a lease on the resource and no lease ID was specified in the request."],
  LeaseIsBreakingAndCannotBeAcquired: [
    409,
    "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
  ],
  LeaseIsBreakingAndCannotBeChanged: [
    409,
    "The lease ID matched, but the lease is currently in breaking state and cannot be changed.",
  ],
  LeaseIsBrokenAndCannotBeRenewed: [
    409,
    "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
  ],
  LeaseNotPresentWithBlobOperation: [412, "There is currently no lease on the blob."],
  LeaseNotPresentWithContainerOperation: [412, "There is currently no lease on the container."],
  LeaseNotPresentWithLeaseOperation: [409, "There is currently no lease on the blob/container."],
  Md5Mismatch: [
    400,
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
  ],
  MetadataTooLarge: [400, "The metadata specified exceeds the maximum allowable limit (8KB)."],
  MissingContentLengthHeader: [411, "Content-Length HTTP header is required."],
  MissingRequiredHeader: [400, "An HTTP header that's mandatory for this request is not specified."],
  MissingRequiredQueryParameter: [400, "A query parameter that's mandatory for this request is not specified."],
  MultipleConditionHeadersNotSupported: [400, "Multiple condition headers are not supported."],
  NotModified: [304, ""],
  OutOfRangeInput: [400, "One of the request inputs is out of range."],
  OutOfRangeQueryParameterValue: [
    400,
    "One of the query parameters specified in the request URI is outside the permissible range.",
  ],
  PublicAccessNotPermitted: [409, "Public access is not permitted on this storage account."],
  RequestBodyTooLarge: [413, "The request body is too large and exceeds the maximum permissible limit."],
  UnauthorizedBlobOverwrite: [403, "This request is not authorized to perform blob overwrites."],
  UnsatisfiableCondition: [400, "The request includes an unsatisfiable condition for this operation."],
} as const satisfies Record<string, readonly [number, string]>;

/** A named error of the Blob service, ready to throw. */
export function blobFailure(
  code: keyof typeof rows,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly details?: Readonly<Record<string, string>>;
  } = {},
): AzureFailure {
  const [status, message] = rows[code];
  return new AzureFailure(status, code === "NotModified" ? "ConditionNotMet" : code, message, more);
}

export const invalidHeader = (name: string, value: string): AzureFailure =>
  blobFailure("InvalidHeaderValue", { details: { HeaderName: name, HeaderValue: value } });

export const invalidQuery = (name: string, value: string): AzureFailure =>
  blobFailure("InvalidQueryParameterValue", { details: { QueryParameterName: name, QueryParameterValue: value } });
