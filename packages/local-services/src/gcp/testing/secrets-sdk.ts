/** @google-cloud/secret-manager in both of its transports; a program of its own, so that the environment signs it in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";

const parent = `projects/${process.env["GOOGLE_CLOUD_PROJECT"]}`;
const withCode = (code: number) => (e: { code?: unknown }) => Number(e.code) === code;

for (const [transport, variable] of [
  ["gRPC", "LOCAL_SECRETS"],
  ["REST", "LOCAL_SECRETS_REST"],
] as const) {
  const { hostname, port } = new URL(process.env[variable]!);
  const client = new SecretManagerServiceClient({
    apiEndpoint: hostname,
    port: Number(port),
    ...(transport === "REST" ? { fallback: true } : {}),
  });
  const secretId = `made-by-${transport}`;
  const name = `${parent}/secrets/${secretId}`;
  const read = async (version: string) => {
    const [{ payload }] = await client.accessSecretVersion({ name: `${name}/versions/${version}` });
    return Buffer.from(payload!.data as Uint8Array).toString("latin1");
  };

  test(`${transport}: a secret and its versions`, async () => {
    const secret = { replication: { automatic: {} }, labels: { a: "b" } };
    await client.createSecret({ parent, secretId, secret });
    await assert.rejects(client.createSecret({ parent, secretId, secret }), withCode(6));
    await assert.rejects(read("latest"), withCode(5));
    await client.addSecretVersion({ parent: name, payload: { data: Buffer.from("one") } });
    await client
      .addSecretVersion({ parent: name, payload: { data: Buffer.from([0, 255]), dataCrc32c: 1012297188 } })
      .then(
        () => assert.fail("a wrong checksum was taken"),
        (e) => assert.equal(e.code, 3),
      );
    await client.addSecretVersion({ parent: name, payload: { data: Buffer.from([0, 255]) } });
    assert.deepEqual([await read("latest"), await read("1"), await read("2")], ["\0\xff", "one", "\0\xff"]);
    const [versions] = await client.listSecretVersions({ parent: name, pageSize: 1 });
    assert.deepEqual(
      versions.map((version) => version.name?.split("/").at(-1)),
      ["2", "1"],
    );
  });

  test(`${transport}: what is disabled or destroyed is not read`, async () => {
    const two = { name: `${name}/versions/2` };
    assert.equal((await client.disableSecretVersion(two))[0].state, "DISABLED");
    await assert.rejects(read("2"), withCode(9));
    await client.enableSecretVersion(two);
    assert.equal(await read("2"), "\0\xff");
    assert.equal((await client.destroySecretVersion(two))[0].state, "DESTROYED");
    await assert.rejects(read("2"), withCode(9));
    await assert.rejects(client.enableSecretVersion(two), withCode(9));
  });

  test(`${transport}: changes, entity tags, refusals`, async () => {
    const [changed] = await client.updateSecret({
      secret: { name, labels: { q: "r" } },
      updateMask: { paths: ["labels"] },
    });
    assert.deepEqual(changed.labels, { q: "r" });
    const ttl = { replication: { automatic: {} }, ttl: { seconds: 10 } };
    await assert.rejects(client.createSecret({ parent, secretId: "short", secret: ttl }), withCode(12));
    await assert.rejects(client.getSecret({ name: "projects/another/secrets/x" }), withCode(7));
    await assert.rejects(client.deleteSecret({ name, etag: '"stale"' }), withCode(9));
    await client.deleteSecret({ name, etag: changed.etag! });
    await assert.rejects(client.getSecret({ name }), withCode(5));
  });
}
