import { randomBytes as nodeRandomBytes } from "node:crypto";
import type { LocalResource } from "@trimaran/contract";
import type { LocalCloud, ProtocolContext } from "../core/types.ts";
import { azureAccount, guid } from "./account.ts";
import { makeContainer } from "./blob/container-store.ts";
import { blobService } from "./blob/service.ts";
import { sweepBlocks } from "./blob/sweep.ts";
import { loginService } from "./identity/login.ts";
import { identityService } from "./identity/managed-identity.ts";
import { addVersion, findSecret } from "./keyvault/secrets.ts";
import { keyVaultService } from "./keyvault/service.ts";
import { tableService } from "./table/service.ts";
import { makeTable } from "./table/tables.ts";

export { azureAccountKey, azureClientSecret } from "./account.ts";
export { issueFederatedToken } from "./identity/login.ts";

/** What is handed in from outside: bytes nobody can guess, for request ids, versions and generated secrets. */
export interface AzureEdge {
  readonly randomBytes: (count: number) => Uint8Array;
}

/** The Azure local cloud: Blob, Table and Key Vault services, and the two places that issue tokens for them. */
export async function makeAzure(
  context: ProtocolContext,
  { randomBytes }: AzureEdge = { randomBytes: nodeRandomBytes },
): Promise<LocalCloud> {
  const account = azureAccount(context.rootKey);
  const newId = () => guid(randomBytes(16));
  sweepBlocks(context.store, context.now());
  return {
    services: [
      blobService(context, account, newId),
      tableService(context, account, newId),
      keyVaultService(context, account, newId),
      identityService(context, account, newId),
      loginService(context, account, newId),
    ],
    account: {
      account: account.name,
      tenant: account.tenant,
      subscription: account.subscription,
      clientId: account.clientId,
      identityToken: account.identityToken,
    },
    ensure: async (resource) => ensure(context, resource, { newId, randomBytes }),
    close: async () => {},
  };
}

export const makeLocalCloud = (context: ProtocolContext): Promise<LocalCloud> => makeAzure(context);

function ensure(
  { store, now }: ProtocolContext,
  resource: LocalResource,
  { newId, randomBytes }: AzureEdge & { readonly newId: () => string },
): void {
  if (resource.kind === "bucket") makeContainer(store, resource.name, {}, now());
  else if (resource.kind === "table") makeTable(store, resource.name);
  else if (findSecret(store, resource.name) === undefined) {
    const { first } = resource;
    const value = "value" in first ? first.value : Buffer.from(randomBytes(first.generateBytes)).toString("base64url");
    const at = Math.floor(now() / 1000);
    addVersion(store, resource.name, { id: newId().replaceAll("-", ""), value, created: at, updated: at });
  }
}
