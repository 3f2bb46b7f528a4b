import type { LocalResource } from "@trimaran/contract";
import type { LocalCloud, ProtocolContext } from "../core/types.ts";
import { makeFirestore } from "./firestore/service.ts";
import type { RpcService } from "./grpc.ts";
import type { Route } from "./http.ts";
import { iamCredentialsRoutes, makeIamCredentials } from "./iam-credentials.ts";
import { makeSigningKey } from "./keys.ts";
import { makeMetadata, metadataKeys } from "./metadata.ts";
import { projectId } from "./project.ts";
import { makeSecrets } from "./secrets/service.ts";
import { makeStorage } from "./storage/service.ts";
import { makeTokens } from "./tokens.ts";

export interface GcpCloud extends LocalCloud {
  /** What each service answers, by service name: the rows that route its requests. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
}

/** Google Cloud on one machine: Cloud Storage, Firestore, Secret Manager, and where their credentials come from. */
export async function makeGcp(context: ProtocolContext): Promise<GcpCloud> {
  const { store, rootKey, now, region } = context;
  const tokens = makeTokens(rootKey, now);
  const key = makeSigningKey(store.records, now);
  const storage = makeStorage(context, tokens, key);
  const firestore = makeFirestore(context, tokens);
  const secrets = makeSecrets(context, tokens);
  const metadataOptions = {
    region,
    issueToken: () => tokens.issue(),
    issueIdentity: (audience: string) => key.identityToken(audience),
  };
  const iamRoutes = iamCredentialsRoutes(tokens, key, now);

  return {
    services: [
      storage,
      firestore,
      secrets.grpc,
      secrets.rest,
      makeMetadata(metadataOptions),
      makeIamCredentials(iamRoutes, tokens),
    ],
    account: { project: projectId },
    calls: {
      storage: callsOf(storage.routes),
      firestore: rpcCallsOf(firestore.rpc),
      secretmanager: rpcCallsOf(secrets.rpc),
      secretmanagerRest: callsOf(secrets.routes),
      iamcredentials: callsOf(iamRoutes),
      metadata: metadataKeys(metadataOptions),
    },
    async ensure(resource: LocalResource) {
      if (resource.kind === "bucket") storage.ensureBucket(resource.name);
      else if (resource.kind === "secret") secrets.ensure(resource);
      else if (resource.expiryAttribute !== undefined) firestore.expire(resource.name, resource.expiryAttribute);
    },
    async close() {},
  };
}

export { makeGcp as makeLocalCloud };

function callsOf(routes: readonly Route[]): readonly string[] {
  return [...new Set(routes.map(({ call }) => call))];
}

function rpcCallsOf({ methods }: RpcService): readonly string[] {
  return methods.map(({ call }) => call);
}
