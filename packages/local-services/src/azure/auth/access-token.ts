import { issueToken, verifyToken } from "../../core/credentials.ts";
import type { AzureAccount } from "../account.ts";

/** An hour; a managed identity's tokens live for a day, which would outlive most rehearsals. */
export const TOKEN_MS = 3600 * 1000;

const KIND = "azure-access";

/** What the bearer of a good token is. */
interface TokenClaims {
  readonly objectId: string;
  readonly tenant: string;
}

/** An access token for one resource such as "https://storage.azure.com". `now` in ms since 1970, `expiresOn` in seconds. */
export function issueAccessToken(
  { rootKey, tenant, objectId, clientId }: AzureAccount,
  resource: string,
  now: number,
): { readonly token: string; readonly expiresOn: number } {
  const expiresAt = now + TOKEN_MS;
  const claims = {
    aud: resource,
    iss: `https://sts.windows.net/${tenant}/`,
    appid: clientId,
    oid: objectId,
    tid: tenant,
  };
  const token = issueToken({ rootKey, kind: KIND, subject: objectId, expiresAt, claims });
  return { token, expiresOn: Math.floor(expiresAt / 1000) };
}

export type TokenVerdict =
  | { readonly good: true; readonly claims: TokenClaims }
  | { readonly good: false; readonly why: "malformed" | "forged" | "expired" | "audience" };

/** Checks signature, lifetime and audience. */
export function checkAccessToken(
  { rootKey }: AzureAccount,
  text: string,
  audiences: readonly string[],
  now: number,
): TokenVerdict {
  const check = verifyToken(rootKey, KIND, text, now);
  if (!check.ok) return { good: false, why: check.why };
  const { aud, oid, tid } = check.token.claims;
  if (!audiences.includes(String(aud).replace(/\/+$/, ""))) return { good: false, why: "audience" };
  return { good: true, claims: { objectId: String(oid), tenant: String(tid) } };
}
