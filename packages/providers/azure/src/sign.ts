import type { TokenCredential } from "@azure/identity";
import type {
  BlobServiceClient,
  BlockBlobClient,
  StorageSharedKeyCredential,
  UserDelegationKey,
} from "@azure/storage-blob";
import type { Call } from "@trimaran/contract";
import { limited } from "./connection.ts";

type Sdk = typeof import("@azure/storage-blob");

/** Clocks differ: a key is asked for from a little before now. */
const SKEW_MS = 5 * 60_000;
const KEY_MS = 2 * 3600_000;

/**
 * Signs URLs with a user delegation key, which is asked for with the token and kept while it lasts long enough; with a shared key,
 * where that is the credential, by it.
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
export function urlSigner(
  sdk: Sdk,
  service: BlobServiceClient,
  credential: TokenCredential | StorageSharedKeyCredential,
  now: () => number,
) {
  let kept: { readonly key: UserDelegationKey; readonly until: number } | undefined;
  const delegationKey = async (until: number, call: Call) => {
    if (kept === undefined || kept.until < until) {
      const end = Math.max(until, now() + KEY_MS);
      const key = await limited(call, (abortSignal) =>
        service.getUserDelegationKey(new Date(now() - SKEW_MS), new Date(end), { abortSignal }),
      );
      kept = { key, until: end };
    }
    return kept.key;
  };

  return async (
    blob: BlockBlobClient,
    how: { readonly method: "GET" | "PUT"; readonly forSeconds: number },
    call: Call,
  ): Promise<string> => {
    const until = now() + how.forSeconds * 1000;
    const values = {
      containerName: blob.containerName,
      blobName: blob.name,
      permissions: sdk.BlobSASPermissions.parse(how.method === "GET" ? "r" : "cw"),
      startsOn: new Date(now() - SKEW_MS),
      expiresOn: new Date(until),
    };
    const sas =
      credential instanceof sdk.StorageSharedKeyCredential
        ? sdk.generateBlobSASQueryParameters(values, credential)
        : sdk.generateBlobSASQueryParameters(values, await delegationKey(until, call), service.accountName);
    return `${blob.url}?${sas}`;
  };
}
