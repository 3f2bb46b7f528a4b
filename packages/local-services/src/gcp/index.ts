import type { LocalResource } from "@trimaran/contract";
import type { LocalCloud, MakeLocalCloud } from "../core/types.ts";
import { makeFirestore } from "./firestore/service.ts";
import { iamCredentialsRoutes, makeIamCredentials } from "./iam-credentials.ts";
import { makeSigningKey } from "./keys.ts";
import { makeMetadata } from "./metadata.ts";
import { projectId } from "./project.ts";
import { makeSecrets } from "./secrets/service.ts";
import { makeStorage } from "./storage/service.ts";
import { makeTokens } from "./tokens.ts";

/** Google Cloud on one machine: Cloud Storage, Firestore, Secret Manager, and where their credentials come from. */
export const makeLocalCloud: MakeLocalCloud = async (context) => {
  const { store, rootKey, now, region } = context;
  const tokens = makeTokens(rootKey, now);
  const key = makeSigningKey(store.records, now);
  const storage = makeStorage(context, tokens, key);
  const firestore = makeFirestore(context, tokens);
  const secrets = makeSecrets(context, tokens);
  const metadata = makeMetadata({
    region,
    issueToken: () => tokens.issue(),
    issueIdentity: (audience) => key.identityToken(audience),
  });
  const iam = makeIamCredentials(iamCredentialsRoutes(tokens, key, now), tokens);

  const cloud: LocalCloud = {
    services: [storage, firestore, secrets.grpc, secrets.rest, metadata, iam],
    account: { project: projectId },
    async ensure(resource: LocalResource) {
      if (resource.kind === "bucket") storage.ensureBucket(resource.name);
      else if (resource.kind === "secret") secrets.ensure(resource);
      else if (resource.kind === "table" && resource.expiryAttribute !== undefined) {
        firestore.expire(resource.name, resource.expiryAttribute);
      }
    },
    async close() {},
  };
  return cloud;
};
