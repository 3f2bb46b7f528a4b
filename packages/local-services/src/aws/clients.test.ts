/** Programs that others wrote, with their default credential chains, against the local AWS cloud. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { needs } from "../../../../test/parts.ts";
import { startForTest, type TestCloud } from "../testing/index.ts";
import { issueSession } from "./keys.ts";

const run = promisify(execFile);
const BUCKET = "documents";

async function start(t: TestContext): Promise<{ cloud: TestCloud; folder: string; env: Record<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const cloud = await startForTest({
    cloud: "aws",
    ensure: [
      { kind: "bucket", name: BUCKET },
      { kind: "table", name: "sessions" },
      { kind: "secret", name: "signing", first: { value: "s3cret" } },
    ],
  });
  t.after(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true });
  });
  // Nothing of this machine's own configuration may help.
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, ...cloud.env };
  return { cloud, folder, env };
}

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

function writeTree(folder: string): void {
  mkdirSync(join(folder, "sub dir"), { recursive: true });
  writeFileSync(join(folder, "a.txt"), "hello");
  writeFileSync(join(folder, "sub dir", "ü & +.txt"), "world");
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(folder, "large.bin"), randomBytes(20 * 1024 * 1024));
}

const SDK = `
  import { S3Client, PutObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";
  import { DynamoDBClient, PutItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
  import { SecretsManagerClient, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: "${BUCKET}", Key: "k", Body: "from a child" }));
  const got = await s3.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key: "k" }));
  const db = new DynamoDBClient({});
  await db.send(new PutItemCommand({ TableName: "sessions", Item: { key: { S: "k" }, n: { N: "1" } } }));
  const item = await db.send(new GetItemCommand({ TableName: "sessions", Key: { key: { S: "k" } } }));
  const secret = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: "signing" }));
  console.log(JSON.stringify([await got.Body.transformToString(), item.Item.n.N, secret.SecretString]));
`;

function node(
  script: string,
  env: Record<string, string>,
): Promise<{ out: string; err: string; status: number | null }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname, env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ out, err, status })));
}

test("the official SDKs find endpoints and credentials by themselves", async (t) => {
  const { env } = await start(t);
  const { out, err } = await node(SDK, env);
  assert.equal(out.trim(), '["from a child","1","s3cret"]', err);
});

test("wrong and expired credentials are refused", async (t) => {
  const { cloud, env } = await start(t);
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: _uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: _token, ...bare } = env;
  const wrongToken = await node(SDK, { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: "wrong" });
  assert.match(wrongToken.err, /CredentialsProviderError|Could not load credentials/);
  const session = issueSession(
    Buffer.from(cloud.config.rootKey, "hex"),
    "arn:aws:sts::111122223333:assumed-role/app/x",
    Date.now() - 1000,
  );
  const expired = {
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
  };
  assert.match((await node(SDK, { ...bare, ...expired })).err, /ExpiredToken/);
  const stranger = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "wrong" };
  assert.match((await node(SDK, { ...bare, ...stranger })).err, /InvalidAccessKeyId/);
  const guessed = { ...expired, AWS_SECRET_ACCESS_KEY: "wrong" };
  assert.match((await node(SDK, { ...bare, ...guessed })).err, /ExpiredToken|SignatureDoesNotMatch/);
});

test(
  "the aws command line: sync both ways, multipart, presigned links, the other services",
  needs("aws"),
  async (t) => {
    const { cloud, folder, env: given } = await start(t);
    const env = { ...given, AWS_CONFIG_FILE: join(folder, "config") };
    const aws = async (...args: string[]) => (await run("aws", args, { env, timeout: 60_000 })).stdout;
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    writeTree(from);
    await aws("s3", "sync", from, `s3://${BUCKET}/tree`, "--no-progress");
    assert.equal(
      await aws("s3", "sync", from, `s3://${BUCKET}/tree`, "--no-progress"),
      "",
      "the second time has nothing to do",
    );
    const head = JSON.parse(await aws("s3api", "head-object", "--bucket", BUCKET, "--key", "tree/large.bin")) as {
      ETag: string;
    };
    assert.match(head.ETag, /-\d+"$/, "it was uploaded in parts");
    await aws("s3", "cp", `s3://${BUCKET}/tree/large.bin`, `s3://${BUCKET}/copy.bin`, "--no-progress");
    await aws("s3", "sync", `s3://${BUCKET}/tree`, to, "--no-progress");
    for (const file of ["a.txt", "sub dir/ü & +.txt", "empty", "large.bin"]) {
      assert.equal(sha256(join(to, file)), sha256(join(from, file)), file);
    }
    await aws("s3", "cp", `s3://${BUCKET}/copy.bin`, join(folder, "copy.bin"), "--no-progress");
    assert.equal(sha256(join(folder, "copy.bin")), sha256(join(from, "large.bin")));
    assert.match(await aws("s3", "ls", `s3://${BUCKET}/tree/`), /PRE sub dir\/\n.*a\.txt/s);
    // Version 1 of the command line still signs links the old way where nothing else is said.
    writeFileSync(join(folder, "config"), "[default]\ns3 =\n  signature_version = s3v4\n");
    const link = (await aws("s3", "presign", `s3://${BUCKET}/tree/a.txt`)).trim();
    const fetched = await node(`console.log(await (await fetch(${JSON.stringify(link)})).text())`, env);
    assert.equal(fetched.out, "hello\n");
    await aws("s3", "rm", "--recursive", `s3://${BUCKET}/`);
    await aws("s3", "rb", `s3://${BUCKET}`);
    await aws("s3", "mb", "s3://another");
    assert.match(await aws("s3", "ls"), / another\n$/);

    const who = JSON.parse(await aws("sts", "get-caller-identity")) as { Arn: string; Account: string };
    assert.deepEqual(who.Account, cloud.announcement.account["accountId"]);
    assert.match(who.Arn, /assumed-role\/trimaran-task\/local$/);
    const role = ["--role-arn", "arn:aws:iam::111122223333:role/other", "--role-session-name", "me"];
    const assumed = JSON.parse(await aws("sts", "assume-role", ...role)) as {
      Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    };
    const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials;
    const keys = {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    };
    const other = await run("aws", ["sts", "get-caller-identity"], { env: { ...env, ...keys }, timeout: 60_000 });
    assert.match(other.stdout, /assumed-role\/other\/me/);
    assert.match(await aws("dynamodb", "list-tables"), /"sessions"/);
    assert.match(await aws("secretsmanager", "get-secret-value", "--secret-id", "signing"), /"SecretString": "s3cret"/);
  },
);

test("rclone: sync both ways, a multipart upload, a check of every hash", needs("rclone"), async (t) => {
  const { cloud, folder, env: given } = await start(t);
  // rclone takes the authority from its own setting, and its SDK stumbles over this one.
  const { AWS_CA_BUNDLE: _bundle, ...env } = given;
  const settings = {
    RCLONE_CONFIG_LOCAL_TYPE: "s3",
    RCLONE_CONFIG_LOCAL_PROVIDER: "Other",
    RCLONE_CONFIG_LOCAL_FORCE_PATH_STYLE: "true",
    RCLONE_CONFIG_LOCAL_ENV_AUTH: "true",
    RCLONE_CONFIG_LOCAL_REGION: cloud.announcement.region,
    RCLONE_CONFIG_LOCAL_ENDPOINT: cloud.announcement.endpoints["s3"]!,
    RCLONE_CA_CERT: cloud.authorityFile,
    RCLONE_CONFIG: join(folder, "none"),
  };
  const rclone = async (...args: string[]) =>
    (await run("rclone", args, { env: { ...env, ...settings }, timeout: 60_000 })).stdout;
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  writeTree(from);
  await rclone("sync", from, `local:${BUCKET}/tree`, "--s3-upload-cutoff=6M", "--s3-chunk-size=5M");
  await rclone("check", from, `local:${BUCKET}/tree`, "--download");
  await rclone("copyto", `local:${BUCKET}/tree/a.txt`, `local:${BUCKET}/moved.txt`);
  await rclone("sync", `local:${BUCKET}/tree`, to);
  for (const file of ["a.txt", "sub dir/ü & +.txt", "empty", "large.bin"]) {
    assert.equal(sha256(join(to, file)), sha256(join(from, file)), file);
  }
  const listed = JSON.parse(await rclone("lsjson", "-R", `local:${BUCKET}`)) as readonly { readonly Path: string }[];
  assert.ok(listed.some((each) => each.Path === "moved.txt"));
  await rclone("purge", `local:${BUCKET}/tree`);
  assert.equal(await rclone("lsf", `local:${BUCKET}`), "moved.txt\n");
});
