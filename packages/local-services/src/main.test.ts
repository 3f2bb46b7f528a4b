import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { Agent } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { LocalCloudAnnouncement, LocalCloudConfig } from "@trimaran/contract";
import { isLong } from "../../../test/parts.ts";
import { longLivedKeys } from "./aws/keys.ts";
import { startProcess } from "./testing/process.ts";
import { issueCertificate, makeAuthority } from "./tls.ts";

const run = promisify(execFile);

async function configFor(t: TestContext): Promise<LocalCloudConfig> {
  const folder = mkdtempSync(join(tmpdir(), "main-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const authority = await makeAuthority();
  return {
    cloud: "aws",
    region: "us-east-1",
    dataFolder: join(folder, "with a space"),
    tls: { ...(await issueCertificate(authority)), authority: authority.certificate },
    rootKey: randomBytes(32).toString("hex"),
    ensure: [
      { kind: "bucket", name: "documents" },
      { kind: "table", name: "sessions" },
      { kind: "secret", name: "signing", first: { value: "0" } },
    ],
  };
}

function clients(config: LocalCloudConfig, cloud: LocalCloudAnnouncement) {
  const of = (service: string) => ({
    region: config.region,
    endpoint: cloud.endpoints[service]!,
    credentials: longLivedKeys(Buffer.from(config.rootKey, "hex")),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: cloud.authority, keepAlive: true }) }),
  });
  const s3 = new S3Client({ ...of("s3"), forcePathStyle: true });
  const db = new DynamoDBClient(of("dynamodb"));
  const secrets = new SecretsManagerClient(of("secretsmanager"));
  return {
    async put(i: number): Promise<void> {
      const body = Buffer.alloc(i % 2 === 0 ? 100 : 200_000, String(i));
      await s3.send(new PutObjectCommand({ Bucket: "documents", Key: `k${i}`, Body: body }));
      await db.send(new PutItemCommand({ TableName: "sessions", Item: { key: { S: `k${i}` }, n: { N: String(i) } } }));
      await secrets.send(new PutSecretValueCommand({ SecretId: "signing", SecretString: String(i) }));
    },
    async demand(i: number): Promise<void> {
      const got = await s3.send(new GetObjectCommand({ Bucket: "documents", Key: `k${i}` }));
      const body = Buffer.from(await got.Body!.transformToByteArray());
      assert.deepEqual(body, Buffer.alloc(i % 2 === 0 ? 100 : 200_000, String(i)));
      const { Item } = await db.send(new GetItemCommand({ TableName: "sessions", Key: { key: { S: `k${i}` } } }));
      assert.equal(Item?.["n"]?.N, String(i), `item ${i}`);
    },
    secret: async () => (await secrets.send(new GetSecretValueCommand({ SecretId: "signing" }))).SecretString,
    destroy() {
      for (const client of [s3, db, secrets]) client.destroy();
    },
  };
}

test("every acknowledged object, item and secret is there after SIGKILL, on the ports that are asked for", async (t) => {
  let config = await configFor(t);
  let acknowledged = -1;
  for (let round = 0; round < (isLong ? 15 : 3); round++) {
    const cloud = await startProcess(config);
    t.after(() => cloud.end("SIGKILL"));
    const answer = cloud.answer as LocalCloudAnnouncement;
    assert.deepEqual([answer.ready, answer.pid], [true, cloud.pid]);
    config = { ...config, ports: answer.ports };
    const client = clients(config, answer);
    for (let i = 0; i <= acknowledged; i++) await client.demand(i);
    if (acknowledged >= 0) assert.ok(Number(await client.secret()) >= acknowledged);
    let killed: Promise<unknown> | undefined;
    setTimeout(() => (killed = cloud.end("SIGKILL")), 60 + Math.random() * 200);
    try {
      for (let i = acknowledged + 1; ; i++) {
        await client.put(i);
        acknowledged = i;
      }
    } catch (e) {
      assert.ok(killed !== undefined, `only the kill ends the writing: ${String(e)}`);
    }
    await killed;
    client.destroy();
  }
  assert.ok(acknowledged > 0);
});

test("SIGTERM ends it with status 0, and the data is there for the next one", async (t) => {
  const config = await configFor(t);
  const first = await startProcess(config);
  t.after(() => first.end("SIGKILL"));
  const client = clients(config, first.answer as LocalCloudAnnouncement);
  await client.put(1);
  assert.deepEqual(await first.end("SIGTERM"), [0, null]);
  assert.equal(first.stderr(), "");
  client.destroy();
  const second = await startProcess(config);
  t.after(() => second.end("SIGKILL"));
  const again = clients(config, second.answer as LocalCloudAnnouncement);
  await again.demand(1);
  assert.equal(await again.secret(), "1", "what is ensured again stays as it is");
  again.destroy();
  const third = await startProcess(config);
  assert.deepEqual((third.answer as { error?: { code: string } }).error?.code, "lease_held");
  assert.deepEqual(await second.end("SIGTERM"), [0, null]);
});

test("what cannot be served is said with port and service, and with the code's exit status", async (t) => {
  const config = await configFor(t);
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  const busy = await startProcess({ ...config, ports: { dynamodb: port } });
  const { error } = busy.answer as { error: { code: string; message: string } };
  assert.equal(error.code, "unavailable");
  assert.match(error.message, new RegExp(`port ${port}.*dynamodb`));
  assert.deepEqual(await busy.end("SIGCONT"), [16, null]);
  const unknown = await startProcess({ ...config, ports: { blob: 1 } });
  assert.match(JSON.stringify(unknown.answer), /"invalid_argument".*no service blob/);
  const nonsense = await startProcess("nonsense\n");
  assert.match(JSON.stringify(nonsense.answer), /"invalid_argument"/);
  await Promise.all([unknown.end("SIGCONT"), nonsense.end("SIGCONT")]);
});

test("standing alone: instructions, a file of credentials that is the owner's only, the same authority again", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "alone-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const entry = join(import.meta.dirname, "main.ts");
  const start = async (...args: string[]) => {
    const started = run(process.execPath, [entry, "--cloud", "aws", "--data", folder, ...args]);
    const text = await new Promise<string>((resolve) =>
      started.child.stdout!.once("data", (d: Buffer) => resolve(d.toString())),
    );
    started.child.kill("SIGTERM");
    await started;
    return text;
  };
  const said = await start("--bucket", "mine");
  const environment = readFileSync(join(folder, "environment"), "utf8");
  assert.match(said, /secretsmanager +https:\/\/127\.0\.0\.1:\d+/);
  const token = /AUTHORIZATION_TOKEN='(.+)'/.exec(environment)![1]!;
  assert.ok(!said.includes(token), "credentials go to the file, not to the terminal");
  assert.equal(statSync(join(folder, "environment")).mode & 0o777, 0o600);
  const authority = readFileSync(join(folder, "authority.pem"), "utf8");
  assert.equal((JSON.parse(await start("--json")) as LocalCloudAnnouncement).authority, authority);
  const wrong = await run(process.execPath, [entry, "--cloud", "ibm", "--data", folder]).catch((e: unknown) => e);
  assert.deepEqual((wrong as { code: number }).code, 2);
  assert.match((await run(process.execPath, [entry, "--help"])).stdout, /--cloud aws\|azure\|gcp/);
});
