import { deriveKey } from "../../core/credentials.ts";
import type { AzureAccount } from "../account.ts";
import { hmac } from "./shared-key.ts";

/** What a user delegation key is bound to, as its signatures repeat it. */
export interface DelegationKeyFacts {
  readonly oid: string;
  readonly tid: string;
  readonly start: string;
  readonly expiry: string;
  readonly service: string;
  readonly version: string;
}

/** The key (base64): it follows from its facts, so that nothing need be kept to check what is signed with it. */
export function delegationKeyValue(account: AzureAccount, facts: DelegationKeyFacts): string {
  const { oid, tid, start, expiry, service, version } = facts;
  return hmac(
    deriveKey(account.rootKey, "azure/user delegation"),
    [oid, tid, start, expiry, service, version].join("\n"),
  );
}
