/** Programs that others wrote, with their default credential chains, against the local GCP cloud. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { needs } from "../../../../test/parts.ts";
import { startForTest, type TestCloud } from "../testing/index.ts";
import { gcpEnvironment } from "./environment.ts";
import { makeTokens } from "./tokens.ts";

const run = promisify(execFile);

interface World {
  readonly cloud: TestCloud;
  readonly folder: string;
  readonly env: Record<string, string>;
}

async function start(t: TestContext): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const cloud = await startForTest({ cloud: "gcp", ensure: [{ kind: "bucket", name: "documents" }] });
  t.after(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true });
  });
  const { endpoints } = cloud.announcement;
  // Nothing of this machine's own configuration may help.
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LOCAL_STORAGE: endpoints["storage"]!,
    LOCAL_FIRESTORE: endpoints["firestore"]!,
    LOCAL_SECRETS: endpoints["secretmanager"]!,
    LOCAL_SECRETS_REST: endpoints["secretmanagerRest"]!,
    LOCAL_IAM: endpoints["iamcredentials"]!,
    CLOUDSDK_CONFIG: join(folder, "gcloud"),
    CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
    ...gcpEnvironment(cloud.announcement, cloud.authorityFile),
  };
  return { cloud, folder, env };
}

for (const program of ["storage-sdk", "firestore-sdk", "secrets-sdk"]) {
  test(`${program}: the client library, signed in by the metadata server`, async (t) => {
    const { env } = await start(t);
    const file = fileURLToPath(new URL(`./testing/${program}.ts`, import.meta.url));
    const failed = await run(process.execPath, [file], { env }).then(
      () => "",
      (e: { stdout: string; stderr: string }) => e.stdout + e.stderr,
    );
    assert.equal(failed, "");
  });
}

function writeTree(folder: string): string {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "sub dir"), { recursive: true });
  writeFileSync(join(tree, "sub dir", "ü & +.txt"), "world");
  writeFileSync(join(tree, "empty"), "");
  writeFileSync(join(tree, "large.bin"), randomBytes(9 * 1024 * 1024));
  return tree;
}

function accessToken({ cloud }: World): string {
  return makeTokens(Buffer.from(cloud.config.rootKey, "hex"), Date.now).issue().token;
}

test("rclone: sync there, compare, copy within, purge", needs("rclone"), async (t) => {
  const world = await start(t);
  const tree = writeTree(world.folder);
  const config = join(world.folder, "rclone.conf");
  const token = JSON.stringify({
    access_token: accessToken(world),
    token_type: "Bearer",
    expiry: "2099-01-01T00:00:00Z",
  });
  const endpoint = `${world.env["LOCAL_STORAGE"]}/storage/v1/`;
  const lines = ["[g]", "type = google cloud storage", `endpoint = ${endpoint}`, `token = ${token}`];
  writeFileSync(config, [...lines, "bucket_policy_only = true", "project_number = trimaran-local"].join("\n"));
  const rclone = (...args: readonly string[]) =>
    run("rclone", ["--config", config, "--ca-cert", world.cloud.authorityFile, "--retries", "1", ...args], {
      env: world.env,
    });
  await rclone("mkdir", "g:rclone-bucket");
  await rclone("sync", tree, "g:rclone-bucket/x");
  await rclone("check", "--download", tree, "g:rclone-bucket/x");
  await rclone("copy", "g:rclone-bucket/x", "g:rclone-bucket/y");
  await rclone("check", tree, "g:rclone-bucket/y");
  await rclone("purge", "g:rclone-bucket");
  assert.equal((await rclone("lsd", "g:")).stdout.includes("rclone-bucket"), false);
});

test("gcloud storage: there and back, a wrong token refused", needs("gcloud"), async (t) => {
  const world = await start(t);
  const tree = writeTree(world.folder);
  const tokenFile = join(world.folder, "token");
  writeFileSync(tokenFile, accessToken(world));
  const env = { ...world.env, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile };
  const gcloud = (...args: readonly string[]) => run("gcloud", ["storage", ...args], { env });
  await gcloud("cp", "-r", tree, "gs://documents/");
  const back = join(world.folder, "back");
  mkdirSync(back);
  await gcloud("cp", "-r", "gs://documents/tree", back);
  await run("diff", ["-r", tree, join(back, "tree")]);
  writeFileSync(tokenFile, "ya29.made-up");
  await assert.rejects(gcloud("ls", "gs://documents"), /401|Invalid Credentials/);
});

test("gsutil: composite uploads, listing, removal, signed in by the metadata server", needs("gsutil"), async (t) => {
  const world = await start(t);
  const tree = writeTree(world.folder);
  const { hostname, port } = new URL(world.env["LOCAL_STORAGE"]!);
  const boto = join(world.folder, "boto");
  const hosts = [`gs_json_host = ${hostname}`, `gs_json_port = ${port}`, `gs_host = ${hostname}`, `gs_port = ${port}`];
  const trust = ["[Boto]", `ca_certificates_file = ${world.cloud.authorityFile}`, "num_retries = 1"];
  const own = ["[GSUtil]", "default_project_id = trimaran-local", "parallel_composite_upload_threshold = 4M"];
  const state = [`state_dir = ${join(world.folder, "gsutil")}`, "check_hashes = always"];
  const account = ["[GoogleCompute]", "service_account = default"];
  writeFileSync(boto, ["[Credentials]", ...hosts, ...trust, ...own, ...state, ...account].join("\n"));
  const env = { ...world.env, BOTO_CONFIG: boto, CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL: "false" };
  const gsutil = (...args: readonly string[]) => run("gsutil", [...args], { env });
  await gsutil("cp", "-r", tree, "gs://documents/");
  assert.match((await gsutil("stat", "gs://documents/tree/large.bin")).stdout, /Component-Count:\s+[2-9]/);
  assert.equal((await gsutil("cat", "gs://documents/tree/sub dir/ü & +.txt")).stdout, "world");
  await gsutil("rm", "-r", "gs://documents/tree");
  assert.equal((await gsutil("ls", "gs://documents/")).stdout, "");
});
