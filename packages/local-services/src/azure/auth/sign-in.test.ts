import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential } from "@azure/identity";
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  AnonymousCredential,
  BlobClient,
  BlobSASPermissions,
  BlobServiceClient,
  BlockBlobClient,
  ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  RestError,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { azureAccountKey, azureClientSecret, issueFederatedToken } from "../index.ts";

const HOUR = 3600_000;
let cloud: TestCloud;
let skew = 0;
let url: string;
let key: StorageSharedKeyCredential;
const options = () => ({ tlsOptions: { ca: cloud.announcement.authority }, retryOptions: { maxTries: 1 } });
const rootKey = () => Buffer.from(cloud.config.rootKey, "hex");

before(async () => {
  const ensure = [{ kind: "bucket", name: "documents" }] as const;
  cloud = await startForTest({ cloud: "azure", ensure, clock: () => Date.now() + skew });
  const { account, endpoints } = cloud.announcement;
  url = `${endpoints["blob"]}/${account["account"]}`;
  key = new StorageSharedKeyCredential(account["account"]!, azureAccountKey(rootKey()));
  const blob = new BlockBlobClient(`${url}/documents/a%20b`, key, options());
  await blob.upload("content", 7);
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: cloud.env["IDENTITY_ENDPOINT"],
    IDENTITY_HEADER: cloud.env["IDENTITY_HEADER"],
  });
});
after(async () => {
  delete process.env["IDENTITY_ENDPOINT"];
  delete process.env["IDENTITY_HEADER"];
  await cloud.close();
});

/** Runs with the cloud's clock moved by so many ms. */
async function at<T>(ms: number, work: () => Promise<T>): Promise<T> {
  skew = ms;
  try {
    return await work();
  } finally {
    skew = 0;
  }
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (e) {
    assert(e instanceof RestError, String(e));
    return `${e.statusCode} ${e.code}`;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}

const content = async (client: { downloadToBuffer(): Promise<Buffer> }) => (await client.downloadToBuffer()).toString();

describe("the shared key", () => {
  test("a wrong key is refused", async () => {
    const wrong = new StorageSharedKeyCredential(key.accountName, Buffer.alloc(64, 1).toString("base64"));
    const blob = new BlobClient(`${url}/documents/a%20b`, wrong, options());
    assert.equal(await failure(blob.download()), "403 AuthenticationFailed");
  });

  test("a request that is twenty minutes old is refused", async () => {
    const blob = new BlobClient(`${url}/documents/a%20b`, key, options());
    assert.equal(await at(20 * 60_000, () => failure(blob.download())), "403 AuthenticationFailed");
    assert.equal(await at(10 * 60_000, () => content(blob)), "content");
  });

  test("no credentials are answered with where to get some", async () => {
    const blob = new BlobClient(`${url}/documents/a%20b`, new AnonymousCredential(), options());
    assert.equal(await failure(blob.download()), "401 NoAuthenticationInformation");
  });

  test("it is not announced", () => {
    assert(!JSON.stringify(cloud.announcement).includes(azureAccountKey(rootKey())));
    assert(!JSON.stringify(cloud.announcement).includes(azureClientSecret(rootKey()).clientSecret));
  });
});

describe("shared access signatures", () => {
  const signed = (permissions: string, more: { version?: string; expiresOn?: Date } = {}) =>
    generateBlobSASQueryParameters(
      {
        containerName: "documents",
        blobName: "a b",
        permissions: BlobSASPermissions.parse(permissions),
        expiresOn: new Date(Date.now() + HOUR),
        protocol: SASProtocol.Https,
        contentType: "text/override",
        ...more,
      },
      key,
    ).toString();
  const blobWith = (sas: string, name = "a%20b") =>
    new BlockBlobClient(`${url}/documents/${name}?${sas}`, undefined, options());

  for (const version of ["2015-04-05", "2018-11-09", "2020-02-10", "2020-12-06", undefined]) {
    test(`of one blob, version ${version ?? "newest"}`, async () => {
      const blob = blobWith(signed("r", version === undefined ? {} : { version }));
      const got = await blob.download();
      assert.equal(got.contentType, "text/override");
      assert.equal(await content(blob), "content");
    });
  }

  test("of one blob opens no other blob, no other call, and ends", async () => {
    const sas = signed("r");
    assert.equal(await failure(blobWith(sas, "other").download()), "403 AuthenticationFailed");
    assert.equal(await failure(blobWith(sas).delete()), "403 AuthorizationPermissionMismatch");
    assert.equal(await at(2 * HOUR, () => failure(blobWith(sas).download())), "403 AuthenticationFailed");
    const forged = sas.replace("sp=r", "sp=rwd");
    assert.equal(await failure(blobWith(forged).delete()), "403 AuthenticationFailed");
    assert.equal(await failure(blobWith(signed("c")).upload("x", 1)), "403 UnauthorizedBlobOverwrite");
  });

  test("of a container reads and lists it", async () => {
    const sas = generateBlobSASQueryParameters(
      {
        containerName: "documents",
        permissions: ContainerSASPermissions.parse("rl"),
        expiresOn: new Date(Date.now() + HOUR),
      },
      key,
    );
    const container = new ContainerClient(`${url}/documents?${sas}`, undefined, options());
    const names: string[] = [];
    for await (const item of container.listBlobsFlat()) names.push(item.name);
    assert(names.includes("a b"));
    assert.equal(await content(container.getBlobClient("a b")), "content");
    assert.equal(await failure(container.delete()), "403 AuthorizationFailure");
  });

  test("of the account opens what it names", async () => {
    const of = (services: string, types: string, permissions: string) =>
      generateAccountSASQueryParameters(
        {
          services: AccountSASServices.parse(services).toString(),
          resourceTypes: AccountSASResourceTypes.parse(types).toString(),
          permissions: AccountSASPermissions.parse(permissions),
          expiresOn: new Date(Date.now() + HOUR),
        },
        key,
      ).toString();
    const service = (sas: string) => new BlobServiceClient(`${url}?${sas}`, undefined, options());
    const blob = (sas: string) => service(sas).getContainerClient("documents").getBlobClient("a b");
    assert.equal(await content(blob(of("b", "o", "r"))), "content");
    assert.equal(await failure(blob(of("t", "o", "r")).download()), "403 AuthorizationServiceMismatch");
    assert.equal(await failure(blob(of("b", "c", "r")).download()), "403 AuthorizationResourceTypeMismatch");
    assert.equal(await failure(blob(of("b", "o", "w")).download()), "403 AuthorizationPermissionMismatch");
    assert.equal(
      await failure(service(of("b", "sco", "rl")).getUserDelegationKey(new Date(), new Date())),
      "403 AuthorizationPermissionMismatch",
    );
  });

  test("of a user's delegation key, which only a token gets", async () => {
    const service = new BlobServiceClient(url, new ManagedIdentityCredential(), options());
    const until = new Date(Date.now() + HOUR);
    const delegation = await service.getUserDelegationKey(new Date(Date.now() - 60_000), until);
    for (const version of ["2018-11-09", "2020-02-10", "2020-12-06", "2025-07-05", undefined]) {
      const sas = generateBlobSASQueryParameters(
        {
          containerName: "documents",
          blobName: "a b",
          permissions: BlobSASPermissions.parse("r"),
          expiresOn: until,
          ...(version === undefined ? {} : { version }),
        },
        delegation,
        key.accountName,
      ).toString();
      assert.equal(await content(blobWith(sas)), "content");
      assert.equal(await at(2 * HOUR, () => failure(blobWith(sas).download())), "403 AuthenticationFailed");
      const later = sas.replace(
        /ske=[^&]+/,
        `ske=${encodeURIComponent(new Date(Date.now() + 9 * HOUR).toISOString())}`,
      );
      assert.equal(await failure(blobWith(later).download()), "403 AuthenticationFailed");
    }
    const byKey = new BlobServiceClient(url, key, options());
    assert.equal(await failure(byKey.getUserDelegationKey(new Date(), until)), "403 AuthenticationFailed");
  });
});

describe("tokens", () => {
  const blobBy = (getToken: () => Promise<string>) => {
    const credential = { getToken: async () => ({ token: await getToken(), expiresOnTimestamp: Date.now() + HOUR }) };
    return new BlobClient(`${url}/documents/a%20b`, credential, options());
  };

  test("of the managed identity open the blob service", async () => {
    const blob = new BlobClient(`${url}/documents/a%20b`, new ManagedIdentityCredential(), options());
    assert.equal(await content(blob), "content");
  });

  test("are refused when they are forged, have expired or are meant for another service", async () => {
    const { token } = await new ManagedIdentityCredential().getToken("https://storage.azure.com/.default");
    const blob = blobBy(async () => token);
    assert.equal(await content(blob), "content");
    assert.equal(await at(2 * HOUR, () => failure(blob.download())), "401 InvalidAuthenticationInfo");
    const forged = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    assert.equal(await failure(blobBy(async () => forged).download()), "401 InvalidAuthenticationInfo");
    const other = await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default");
    assert.equal(await failure(blobBy(async () => other.token).download()), "401 InvalidAuthenticationInfo");
  });

  test("are given to nobody without the identity header", async () => {
    const address = `${cloud.env["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=https://storage.azure.com`;
    const headers = { "x-identity-header": cloud.env["IDENTITY_HEADER"]! };
    assert.equal((await fetch(address, { headers })).status, 200);
    assert.equal((await fetch(address)).status, 401);
    assert.equal((await fetch(address, { headers: { "x-identity-header": "guess" } })).status, 401);
    assert.equal((await fetch(`${address}&client_id=someone-else`, { headers })).status, 400);
  });

  test("are given by the login authority for a secret or a federated assertion", async () => {
    const { announcement } = cloud;
    const tenant = announcement.account["tenant"]!;
    const { clientId, clientSecret } = azureClientSecret(rootKey());
    const login = {
      authorityHost: announcement.endpoints["login"]!,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: announcement.authority },
      retryOptions: { maxRetries: 0 },
    };
    const secret = new ClientSecretCredential(tenant, clientId, clientSecret, login);
    assert.equal(await content(new BlobClient(`${url}/documents/a%20b`, secret, options())), "content");
    const assertion = async () => issueFederatedToken(rootKey(), Date.now());
    const federated = new ClientAssertionCredential(tenant, clientId, assertion, login);
    assert.equal(await content(new BlobClient(`${url}/documents/a%20b`, federated, options())), "content");
    const wrong = new ClientSecretCredential(tenant, clientId, "guess", login);
    await assert.rejects(wrong.getToken("https://storage.azure.com/.default"), /AADSTS7000215/);
    const stale = new ClientAssertionCredential(tenant, clientId, async () => issueFederatedToken(rootKey(), 0), login);
    await assert.rejects(stale.getToken("https://storage.azure.com/.default"), /AADSTS700211/);
  });
});
