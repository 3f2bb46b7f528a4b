import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TokenCredential } from "@azure/core-auth";
import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { startForTest, type TestCloud } from "../../testing/index.ts";

let cloud: TestCloud;
let client: SecretClient;
let skew = 0;

const clientWith = (credential: TokenCredential) =>
  new SecretClient(cloud.announcement.endpoints["keyvault"]!, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: cloud.announcement.authority },
    retryOptions: { maxRetries: 2, retryDelayInMs: 1 }, // the restart cuts idle connections
  });

before(async () => {
  cloud = await startForTest({
    cloud: "azure",
    clock: () => Date.now() + skew,
    ensure: [
      { kind: "secret", name: "given", first: { value: "from the spec" } },
      { kind: "secret", name: "made", first: { generateBytes: 32 } },
    ],
  });
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: cloud.env["IDENTITY_ENDPOINT"],
    IDENTITY_HEADER: cloud.env["IDENTITY_HEADER"],
  });
  client = clientWith(new ManagedIdentityCredential());
});
after(async () => {
  delete process.env["IDENTITY_ENDPOINT"];
  delete process.env["IDENTITY_HEADER"];
  await cloud.close();
});

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (e) {
    const { statusCode, code } = e as { statusCode?: number; code?: string };
    assert(statusCode !== undefined, String(e));
    return `${statusCode} ${code}`;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}

describe("secrets through @azure/keyvault-secrets", () => {
  test("what ensure names is there, and stays as it is", async () => {
    assert.equal((await client.getSecret("given")).value, "from the spec");
    const made = (await client.getSecret("made")).value!;
    assert.equal(Buffer.from(made, "base64url").length, 32);
    await cloud.restart();
    assert.equal((await client.getSecret("made")).value, made);
  });

  test("each set is a version of its own", async () => {
    const first = await client.setSecret("versions", "one", { contentType: "text/plain", tags: { a: "b" } });
    const second = await client.setSecret("versions", "two");
    assert.notEqual(first.properties.version, second.properties.version);
    assert.equal((await client.getSecret("versions")).value, "two");
    const old = await client.getSecret("versions", { version: first.properties.version! });
    assert.equal(old.value, "one");
    assert.equal(old.properties.contentType, "text/plain");
    assert.deepEqual(old.properties.tags, { a: "b" });
    const listed: (string | undefined)[] = [];
    for await (const version of client.listPropertiesOfSecretVersions("versions")) listed.push(version.version);
    assert.deepEqual(listed.sort(), [first.properties.version, second.properties.version].sort());
    assert.equal(await failure(client.getSecret("versions", { version: "0".repeat(32) })), "404 SecretNotFound");
  });

  test("properties change; a disabled version cannot be read", async () => {
    const { properties } = await client.setSecret("changing", "value");
    const expiresOn = new Date("2030-01-01T00:00:00Z");
    const changed = await client.updateSecretProperties("changing", properties.version!, {
      expiresOn,
      tags: { x: "y" },
    });
    assert.deepEqual(changed.expiresOn, expiresOn);
    assert.equal((await client.getSecret("changing")).value, "value");
    await client.updateSecretProperties("changing", properties.version!, { enabled: false });
    assert.equal(await failure(client.getSecret("changing")), "403 Forbidden");
  });

  test("a deleted secret holds its name until it is purged or recovered", async () => {
    await client.setSecret("doomed", "value");
    const poller = await client.beginDeleteSecret("doomed", { intervalInMs: 1 });
    assert.equal((await poller.pollUntilDone()).name, "doomed");
    assert.equal(await failure(client.getSecret("doomed")), "404 SecretNotFound");
    assert.equal(await failure(client.setSecret("doomed", "new")), "409 Conflict");
    assert.equal((await client.getDeletedSecret("doomed")).name, "doomed");
    const deleted: string[] = [];
    for await (const secret of client.listDeletedSecrets()) deleted.push(secret.name);
    assert.deepEqual(deleted, ["doomed"]);
    const recovery = await client.beginRecoverDeletedSecret("doomed", { intervalInMs: 1 });
    await recovery.pollUntilDone();
    assert.equal((await client.getSecret("doomed")).value, "value");
    await (await client.beginDeleteSecret("doomed", { intervalInMs: 1 })).pollUntilDone();
    await client.purgeDeletedSecret("doomed");
    assert.equal(await failure(client.getDeletedSecret("doomed")), "404 SecretNotFound");
    assert.equal((await client.setSecret("doomed", "again")).value, "again");
  });

  test("lists by pages of the size that was asked for", async () => {
    for (let n = 10; n < 17; n++) await client.setSecret(`page-${n}`, String(n));
    const names: string[] = [];
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 3 })) {
      assert(page.length <= 3);
      names.push(...page.map((properties) => properties.name));
    }
    const pages = names.filter((name) => name.startsWith("page-"));
    assert.deepEqual(pages, ["page-10", "page-11", "page-12", "page-13", "page-14", "page-15", "page-16"]);
    assert.equal(new Set(names).size, names.length);
  });

  test("limits and names are the service's", async () => {
    await client.setSecret("full", "x".repeat(25 * 1024));
    assert.equal(await failure(client.setSecret("full", "x".repeat(25 * 1024 + 1))), "400 BadParameter");
    assert.equal(await failure(client.setSecret("no_underscores", "x")), "400 BadParameter");
    assert.equal(await failure(client.backupSecret("full")), "501 NotImplemented");
  });

  test("only a good token for this service opens it", async () => {
    const static_ = (token: string): TokenCredential => ({
      getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600_000 }),
    });
    const other = await new ManagedIdentityCredential().getToken("https://storage.azure.com/.default");
    assert.equal(await failure(clientWith(static_(other.token)).getSecret("given")), "401 Unauthorized");
    assert.equal(await failure(clientWith(static_("a.b.c")).getSecret("given")), "401 Unauthorized");
    const good = await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default");
    const holder = clientWith(static_(good.token));
    assert.equal((await holder.getSecret("given")).value, "from the spec");
    skew = 2 * 3600_000;
    assert.equal(await failure(holder.getSecret("given")), "401 Unauthorized");
    skew = 0;
  });
});
