import { AzureFailure } from "../wire/failure.ts";
import type { AzureResponse } from "../wire/response.ts";

export const badParameter = (message: string): AzureFailure => new AzureFailure(400, "BadParameter", message);

export const secretNotFound = (name: string): AzureFailure =>
  new AzureFailure(
    404,
    "SecretNotFound",
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );

export const isDeleted = (name: string): AzureFailure =>
  new AzureFailure(
    409,
    "Conflict",
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    { details: { innererror: "ObjectIsDeletedButRecoverable" } },
  );

export const isDisabled = (operation: string): AzureFailure =>
  new AzureFailure(403, "Forbidden", `Operation ${operation} is not allowed on a disabled secret.`, {
    details: { innererror: "SecretDisabled" },
  });

export const notDeleted = (name: string): AzureFailure =>
  new AzureFailure(404, "SecretNotFound", `Deleted Secret not found: ${name}`);

/** Key Vault's errors are JSON. */
export function keyVaultError(failure: AzureFailure): AzureResponse {
  const inner = failure.details["innererror"];
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return {
    status: failure.status,
    headers: { "content-type": "application/json; charset=utf-8", ...failure.headers },
    body: JSON.stringify({ error: { code: failure.code, message: failure.message, ...innererror } }),
  };
}
