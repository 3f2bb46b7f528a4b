import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { LocalResource } from "@trimaran/contract";
import type { MakeLocalCloud, Store } from "../core/types.ts";
import { ACCOUNT_ID } from "./account.ts";
import { credentialsToken, makeCredentialsService } from "./credentials.ts";
import { openEngine } from "./dynamodb/engine.ts";
import { ensureTable } from "./dynamodb/ensure.ts";
import { makeDynamoService } from "./dynamodb/service.ts";
import { makeS3Service } from "./s3/service.ts";
import { makeSecretsService } from "./secrets/service.ts";
import { makeShelf, type Shelf } from "./secrets/shelf.ts";
import { createSecret, putSecretValue } from "./secrets/write.ts";
import { makeStsService } from "./sts/service.ts";

/** The local AWS cloud: S3, DynamoDB, Secrets Manager, STS, and the endpoint that hands out credentials. */
export const makeLocalCloud: MakeLocalCloud = async (context) => {
  const { store, region, rootKey, now } = context;
  const engine = await openEngine(join(context.dataFolder, "dynamodb"), region, ACCOUNT_ID);
  const shelf = makeShelf(store.records, { rootKey, region, now });
  const endpoint = () => context.endpoint("dynamodb");
  return {
    services: [
      makeS3Service({ store, region, rootKey, now }),
      makeDynamoService({ engine, records: store.records, rootKey, now, endpoint }),
      makeSecretsService(shelf, rootKey, now),
      makeStsService({ rootKey, now }),
      makeCredentialsService(rootKey, now),
    ],
    account: { accountId: ACCOUNT_ID, credentialsToken: credentialsToken(rootKey) },
    async ensure(resource) {
      if (resource.kind === "table") await ensureTable(engine, store.records, resource);
      else if (resource.kind === "secret") ensureSecret(shelf, now, resource);
      else ensureBucket(store, now, resource.name);
    },
    close: () => engine.close(),
  };
};

function ensureBucket(store: Store, now: () => number, name: string): void {
  store.objects.createBucket(name, now());
}

function ensureSecret(shelf: Shelf, now: () => number, resource: LocalResource & { readonly kind: "secret" }): void {
  shelf.transaction(() => {
    const there = shelf.find(resource.name);
    if (there !== undefined && (there.deletedAt !== undefined || there.versions.length > 0)) return;
    const { first } = resource;
    const SecretString = "value" in first ? first.value : randomBytes(first.generateBytes).toString("base64url");
    if (there === undefined) createSecret({ shelf, now }, { Name: resource.name, SecretString });
    else putSecretValue({ shelf, now }, { SecretId: resource.name, SecretString });
  });
}
