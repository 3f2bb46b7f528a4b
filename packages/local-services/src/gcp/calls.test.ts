import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { needsPath } from "../../../../test/parts.ts";
import { openStore } from "../core/store.ts";
import { makeGcp } from "./index.ts";
import { objectResource } from "./storage/resource.ts";

const folder = mkdtempSync(join(tmpdir(), "calls-"));
const store = openStore(folder);
const rootKey = Buffer.alloc(32, 1);
const cloud = await makeGcp({
  store,
  rootKey,
  region: "us-central1",
  dataFolder: folder,
  now: () => 0,
  endpoint: (service) => service,
});
for (const service of cloud.services) await service.close?.();
await cloud.close();
await store.close();
rmSync(folder, { recursive: true });

test("the README's table of Google Cloud calls is the one that the code makes", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = /<!-- gcp calls:.*?-->\n(.*?)\n?<!-- \/gcp calls -->/s.exec(readme)?.[1];
  const rows = Object.entries(cloud.calls).map(
    ([service, calls]) => `| ${service} | ${[...calls].sort().join(", ")} |`,
  );
  assert.equal(table, ["| service | calls |", "|---|---|", ...rows].join("\n"));
});

const published = process.env["TRIMARAN_CONTRACTS"];
const folderOf = published === undefined ? undefined : join(published, "gcp", "openapi");
const vendors = needsPath("contracts", folderOf);
const read = (file: string) => readFileSync(join(folderOf!, file), "utf8");

test("every call in JSON is one of the vendor's own", vendors, () => {
  for (const [service, file, prefix] of [
    ["storage", "storage.json", "storage."],
    ["secretmanagerRest", "secretmanager.json", "secretmanager.projects."],
    ["iamcredentials", "iamcredentials.json", "iamcredentials.projects.serviceAccounts."],
  ] as const) {
    const text = read(file);
    for (const call of cloud.calls[service] ?? []) {
      if (call.startsWith("XML")) continue;
      assert.ok(text.includes(`"operationId":"${prefix}${call}"`), `${service} ${call}`);
    }
  }
});

test("an object is described in the vendor's own fields", vendors, () => {
  const { components } = JSON.parse(read("storage.json")) as {
    components: { schemas: { Object: { properties: Record<string, unknown> } } };
  };
  const bytes = new Uint8Array(4);
  const about = {
    contentType: "a/b",
    headers: { "cache-control": "x" },
    metadata: { k: "v" },
    extra: { customTime: "x" },
  };
  const stamps = { generation: 1, metageneration: 1, createdAt: 0, modifiedAt: 0 };
  const object = { bucket: "b", key: "k", size: 1, md5: bytes, crc32c: bytes, ...stamps, ...about };
  const unknown = Object.keys(objectResource(object, "https://x")).filter(
    (name) => !Object.hasOwn(components.schemas.Object.properties, name),
  );
  assert.deepEqual(unknown, []);
});
