import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { needs } from "../../../../../test/parts.ts";
import { startForTest } from "../../testing/index.ts";
import { azureAccountKey } from "../index.ts";

const run = promisify(execFile);

test("rclone copies, lists, checks, moves and purges", needs("rclone"), async (t) => {
  const cloud = await startForTest({ cloud: "azure" });
  t.after(() => cloud.close());
  const folder = mkdtempSync(join(tmpdir(), "rclone-azure-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { account, endpoints } = cloud.announcement;
  const key = new StorageSharedKeyCredential(
    account["account"]!,
    azureAccountKey(Buffer.from(cloud.config.rootKey, "hex")),
  );
  const sas = generateAccountSASQueryParameters(
    {
      services: AccountSASServices.parse("b").toString(),
      resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
      permissions: AccountSASPermissions.parse("rwdlac"),
      expiresOn: new Date(Date.now() + 3600_000),
    },
    key,
  );
  const environment = {
    PATH: process.env["PATH"] ?? "",
    RCLONE_CONFIG: join(folder, "none.conf"),
    RCLONE_CA_CERT: cloud.authorityFile,
    RCLONE_RETRIES: "1",
    RCLONE_LOW_LEVEL_RETRIES: "1",
    RCLONE_CONFIG_AZ_TYPE: "azureblob",
    RCLONE_CONFIG_AZ_SAS_URL: `${endpoints["blob"]}/${account["account"]}?${sas}`,
  };
  const rclone = async (...args: string[]) => (await run("rclone", args, { env: environment, timeout: 60_000 })).stdout;

  const from = join(folder, "from");
  mkdirSync(join(from, "a b"), { recursive: true });
  writeFileSync(join(from, "a b", "größe+1%.txt"), "hello");
  writeFileSync(join(from, "empty"), "");
  writeFileSync(join(from, "large"), randomBytes(9_000_000));
  await rclone("mkdir", "az:backup");
  await rclone("copy", from, "az:backup/x", "--azureblob-chunk-size", "4Mi", "--azureblob-upload-concurrency", "2");
  await rclone("check", from, "az:backup/x", "--download");
  const listed = JSON.parse(await rclone("lsjson", "-R", "--files-only", "az:backup")) as {
    Path: string;
    Size: number;
  }[];
  assert.deepEqual(listed.map(({ Path, Size }) => [Path, Size]).sort(), [
    ["x/a b/größe+1%.txt", 5],
    ["x/empty", 0],
    ["x/large", 9_000_000],
  ]);
  await rclone("moveto", "az:backup/x/large", "az:backup/y/large");
  const back = join(folder, "back");
  await rclone("copy", "az:backup/y", back);
  assert(readFileSync(join(back, "large")).equals(readFileSync(join(from, "large"))));
  assert.equal((await rclone("lsf", "az:backup")).trim(), "x/\ny/");
  await rclone("purge", "az:backup");
  assert.equal((await rclone("lsf", "az:")).trim(), "");
});
