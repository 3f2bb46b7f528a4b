import { badParameter } from "./errors.ts";
import type { Secret, SecretSettings, SecretVersion } from "./secrets.ts";

/** A vault's default: three months in which a deleted secret can be recovered. */
const RECOVERABLE_DAYS = 90;

const attributes = (version: SecretVersion) => ({
  enabled: version.enabled ?? true,
  nbf: version.notBefore,
  exp: version.expires,
  created: version.created,
  updated: version.updated,
  recoveryLevel: "Recoverable+Purgeable",
  recoverableDays: RECOVERABLE_DAYS,
});

/** A version without its value; `id` names the version, or only the secret. */
export const secretItem = (id: string, version: SecretVersion) => ({
  id,
  attributes: attributes(version),
  tags: version.tags,
  contentType: version.contentType,
});

export const secretBundle = (id: string, version: SecretVersion) => ({
  value: version.value,
  ...secretItem(id, version),
});

export const deletion = (vault: string, { name, deletedAt = 0 }: Secret) => ({
  recoveryId: `${vault}/deletedsecrets/${name}`,
  deletedDate: deletedAt,
  scheduledPurgeDate: deletedAt + RECOVERABLE_DAYS * 24 * 3600,
});

/** The body of a set or an update, checked. Throws `AzureFailure` BadParameter. */
export function readSettings(text: string): SecretSettings & { readonly value: string | undefined } {
  const json = parsed(text);
  const given = (json["attributes"] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    value: optional(json["value"], isText, "value"),
    contentType: optional(json["contentType"], isText, "contentType"),
    tags: optional(json["tags"], isTags, "tags"),
    enabled: optional(given["enabled"], (value) => typeof value === "boolean", "enabled"),
    notBefore: optional(given["nbf"], isSeconds, "nbf"),
    expires: optional(given["exp"], isSeconds, "exp"),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return json as Record<string, unknown>;
  } catch (_notJson) {
    // Answered below.
  }
  throw badParameter("The request body is not a JSON object.");
}

function optional<T>(value: unknown, is: (value: unknown) => value is T, name: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (!is(value)) throw badParameter(`Property ${name} has an invalid value.`);
  return value;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value);
const isTags = (value: unknown): value is Record<string, string> =>
  typeof value === "object" && value !== null && Object.values(value).every(isText);
