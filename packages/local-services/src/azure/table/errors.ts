import { AzureFailure } from "../wire/failure.ts";
import type { AzureResponse } from "../wire/response.ts";

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes */
const rows = {
  CommandsInBatchActOnDifferentPartitions: [400, "All commands in a batch must operate on same entity group."],
  EntityAlreadyExists: [409, "The specified entity already exists."],
  EntityTooLarge: [400, "The entity is larger than the maximum allowed size (1MB)."],
  InvalidDuplicateRow: [
    400,
    "The batch request contains multiple changes with same row key. An entity can appear only once in a batch request.",
  ],
  InvalidInput: [400, "One of the request inputs is not valid."],
  InvalidResourceName: [400, "The specified resource name contains invalid characters."],
  KeyValueTooLarge: [400, "The specified key is too large."],
  MissingRequiredHeader: [400, "A required HTTP header was not specified."],
  OutOfRangeInput: [400, "One of the request inputs is out of range."],
  PropertiesNeedValue: [400, "The values are not specified for all properties in the entity."],
  PropertyNameInvalid: [400, "The property name is invalid."],
  PropertyNameTooLong: [400, "The property name exceeds the maximum allowed length (255)."],
  PropertyValueTooLarge: [
    400,
    "The property value exceeds the maximum allowed size (64KB). If the property value is a string, it is UTF-16 encoded and the maximum number of characters should be 32K or less.",
  ],
  RequestBodyTooLarge: [413, "The request body is too large and exceeds the maximum permissible limit."],
  ResourceNotFound: [404, "The specified resource does not exist."],
  TableAlreadyExists: [409, "The table specified already exists."],
  TableNotFound: [404, "The table specified does not exist."],
  TooManyProperties: [
    400,
    "The entity contains more properties than allowed. Each entity can include up to 252 properties to store data. Each entity also has 3 system properties.",
  ],
  UpdateConditionNotSatisfied: [412, "The update condition specified in the request was not satisfied."],
} as const satisfies Record<string, readonly [number, string]>;

/** A named error of the Table service, ready to throw. */
export function tableFailure(code: keyof typeof rows, message?: string): AzureFailure {
  const [status, text] = rows[code];
  return new AzureFailure(status, code, message ?? text);
}

/** The service's errors are OData JSON. */
export function odataError(
  failure: AzureFailure,
  { requestId, now }: { requestId: string; now: number },
): AzureResponse {
  const value = `${failure.message}\nRequestId:${requestId}\nTime:${new Date(now).toISOString()}`;
  return {
    status: failure.status,
    headers: {
      "content-type": "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
      ...failure.headers,
      "x-ms-error-code": failure.code,
    },
    body: JSON.stringify({ "odata.error": { code: failure.code, message: { lang: "en-US", value } } }),
  };
}
