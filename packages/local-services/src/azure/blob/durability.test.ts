import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { LocalCloudAnnouncement, LocalCloudConfig } from "@trimaran/contract";
import { issueCertificate, makeAuthority } from "../../tls.ts";
import { azureAccountKey } from "../index.ts";

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const server = `
  import { text } from "node:stream/consumers";
  import { serveLocalCloud } from ${at("../../serve.ts")};
  import { makeAzure } from ${at("../index.ts")};
  const config = JSON.parse(await text(process.stdin));
  const { announcement } = await serveLocalCloud(config, makeAzure, { pid: process.pid });
  console.log(JSON.stringify(announcement));
`;

/** The cloud as a process of its own, and how to kill it. */
async function start(config: LocalCloudConfig) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", server], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.stdin.end(JSON.stringify(config));
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const announcement = JSON.parse(text.split("\n")[0] ?? "") as LocalCloudAnnouncement;
  const account = announcement.account["account"]!;
  const key = new StorageSharedKeyCredential(account, azureAccountKey(Buffer.from(config.rootKey, "hex")));
  const options = { tlsOptions: { ca: announcement.authority }, retryOptions: { maxTries: 1 } };
  const service = new BlobServiceClient(`${announcement.endpoints["blob"]}/${account}`, key, options);
  const blob = service.getContainerClient("documents").getBlockBlobClient("staged");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return { blob, kill };
}

test("staged blocks survive kill -9, and are put together afterwards", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "local-azure-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await makeAuthority();
  const { key, certificate } = await issueCertificate(authority);
  const config: LocalCloudConfig = {
    cloud: "azure",
    region: "eastus2",
    dataFolder: folder,
    tls: { key, certificate, authority: authority.certificate },
    rootKey: randomBytes(32).toString("hex"),
    ensure: [{ kind: "bucket", name: "documents" }],
  };
  const small = randomBytes(1000);
  const large = randomBytes(300_000);
  const ids = ["small", "large"].map((name) => Buffer.from(name).toString("base64"));
  const first = await start(config);
  await first.blob.stageBlock(ids[0]!, small, small.length);
  await first.blob.stageBlock(ids[1]!, large, large.length);
  await first.kill();
  const second = await start(config);
  try {
    const pending = await second.blob.getBlockList("uncommitted");
    assert.deepEqual(pending.uncommittedBlocks?.map((block) => block.size).sort(), [1000, 300_000]);
    await second.blob.commitBlockList([ids[1]!, ids[0]!]);
  } finally {
    await second.kill();
  }
  const third = await start(config);
  try {
    assert((await third.blob.downloadToBuffer()).equals(Buffer.concat([large, small])));
    assert.equal((await third.blob.getBlockList("all")).uncommittedBlocks?.length ?? 0, 0);
  } finally {
    await third.kill();
  }
});
