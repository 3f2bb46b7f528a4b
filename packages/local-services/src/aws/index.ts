import { TrimaranError } from "@trimaran/contract";
import type { MakeLocalCloud } from "../core/types.ts";
import { ACCOUNT_ID } from "./account.ts";
import { credentialsToken, makeCredentialsService } from "./credentials.ts";
import { makeS3Service } from "./s3/service.ts";

/** The local AWS cloud: S3, DynamoDB, Secrets Manager, STS, and the endpoint that hands out credentials. */
export const makeLocalCloud: MakeLocalCloud = async (context) => {
  const { store, region, rootKey, now } = context;
  return {
    services: [makeS3Service({ store, region, rootKey, now }), makeCredentialsService(rootKey, now)],
    account: { accountId: ACCOUNT_ID, credentialsToken: credentialsToken(rootKey) },
    async ensure(resource) {
      if (resource.kind === "bucket") store.objects.createBucket(resource.name, now());
      else throw new TrimaranError("unsupported", `a ${resource.kind} cannot be made yet`);
    },
    async close() {},
  };
};
