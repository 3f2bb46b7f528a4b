import { deriveKey } from "../core/credentials.ts";

/** Who owns the local cloud, and the credentials that open it: all of it follows from the root key. */
export interface AzureAccount {
  /** Name of the storage account. */
  readonly name: string;
  readonly tenant: string;
  readonly subscription: string;
  /** The managed identity's service principal and application. */
  readonly objectId: string;
  readonly clientId: string;
  /** The storage account's shared key, raw. */
  readonly key: Uint8Array;
  /** What the managed identity endpoint wants in X-IDENTITY-HEADER. */
  readonly identityToken: string;
  /** Secret of the application, for clients that sign in with client credentials. */
  readonly clientSecret: string;
  readonly rootKey: Uint8Array;
}

export function azureAccount(rootKey: Uint8Array): AzureAccount {
  return {
    name: "trimaranlocal",
    tenant: guid(derived(rootKey, "tenant")),
    subscription: guid(derived(rootKey, "subscription")),
    objectId: guid(derived(rootKey, "object")),
    clientId: guid(derived(rootKey, "client")),
    // 64 bytes, as long as a real one.
    key: Buffer.concat([derived(rootKey, "storage account key, 1"), derived(rootKey, "storage account key, 2")]),
    identityToken: derived(rootKey, "identity header").toString("hex"),
    clientSecret: derived(rootKey, "client secret").toString("base64url"),
    rootKey,
  };
}

/** The storage account's key as the portal shows it (base64), for clients that sign with SharedKey. Never announced. */
export function azureAccountKey(rootKey: Uint8Array): string {
  return Buffer.from(azureAccount(rootKey).key).toString("base64");
}

/** The client id and secret of the application that may sign in at the login service. Never announced. */
export function azureClientSecret(rootKey: Uint8Array): { readonly clientId: string; readonly clientSecret: string } {
  const { clientId, clientSecret } = azureAccount(rootKey);
  return { clientId, clientSecret };
}

const derived = (rootKey: Uint8Array, purpose: string): Buffer => deriveKey(rootKey, `azure/${purpose}`);

/** A version 4 GUID made of the first 16 of these bytes. */
export function guid(bytes: Uint8Array): string {
  const b = Buffer.from(bytes.subarray(0, 16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  return b.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
