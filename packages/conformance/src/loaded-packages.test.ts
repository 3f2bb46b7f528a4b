import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { DriverKind, LocalCloudAnnouncement, Provider } from "@trimaran/contract";
import { aws } from "../../providers/aws/src/provider.ts";
import { azure } from "../../providers/azure/src/provider.ts";
import { gcp } from "../../providers/gcp/src/provider.ts";

const root = join(import.meta.dirname, "../../..");
const program = join(import.meta.dirname, "testing/loaded-packages.ts");

interface Expected {
  readonly provider: Provider;
  readonly kind: DriverKind;
  /** The packages that an app installs for it. */
  readonly installed: readonly string[];
  /** With all that these bring along; a little above what it is, since their next releases may differ by one or two. */
  readonly atMost: number;
}

const expected: readonly Expected[] = [
  {
    provider: aws,
    kind: "objects",
    installed: ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"],
    atMost: 18,
  },
  { provider: aws, kind: "kv", installed: ["@aws-sdk/client-dynamodb"], atMost: 18 },
  { provider: aws, kind: "secrets", installed: ["@aws-sdk/client-secrets-manager"], atMost: 14 },
  { provider: aws, kind: "postgres", installed: ["@aws-sdk/client-secrets-manager", "pg"], atMost: 26 },
  { provider: azure, kind: "objects", installed: ["@azure/identity", "@azure/storage-blob"], atMost: 48 },
  { provider: azure, kind: "kv", installed: ["@azure/data-tables", "@azure/identity"], atMost: 45 },
  { provider: azure, kind: "secrets", installed: ["@azure/identity", "@azure/keyvault-secrets"], atMost: 40 },
  { provider: azure, kind: "postgres", installed: ["@azure/identity", "@azure/keyvault-secrets", "pg"], atMost: 50 },
  { provider: gcp, kind: "objects", installed: ["@google-cloud/storage"], atMost: 44 },
  { provider: gcp, kind: "kv", installed: ["@google-cloud/firestore"], atMost: 48 },
  { provider: gcp, kind: "secrets", installed: ["@google-cloud/secret-manager"], atMost: 46 },
  { provider: gcp, kind: "postgres", installed: ["@google-cloud/secret-manager", "pg"], atMost: 58 },
];

/** Whatever a provider declares, and `pg`: what must not be there when it is not asked for. */
const declared = new Set([
  "pg",
  ...["aws", "azure", "gcp"].flatMap((name) => {
    const file = join(root, `packages/providers/${name}/package.json`);
    const { peerDependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as {
      peerDependencies?: Readonly<Record<string, string>>;
    };
    return Object.keys(peerDependencies);
  }),
]);

for (const { provider, kind, installed, atMost } of expected) {
  test(`opening ${kind} on ${provider.id} loads ${installed.join(" and ")}, and nothing for anything else`, async () => {
    const given = { kind, driver: provider.kinds[kind].module, settings: settingsOf(provider, kind) };
    const run = promisify(execFile)(process.execPath, [program, JSON.stringify(given)], { cwd: root });
    const { before, loaded } = JSON.parse((await run).stdout) as Record<"before" | "loaded", readonly string[]>;
    assert.deepEqual(before, [], "the library itself has no dependency");
    assert.deepEqual(
      loaded.filter((name) => declared.has(name)),
      [...installed].sort(),
    );
    assert.ok(loaded.length <= atMost, `${loaded.length} packages: ${loaded.join(" ")}`);
  });
}

/** As an instance has them; opening calls nobody. */
function settingsOf(provider: Provider, kind: DriverKind): object {
  const endpoints = Object.fromEntries(
    ["s3", "dynamodb", "secretsmanager", "blob", "table", "keyvault", "storage", "firestore", "secretmanager"].map(
      (name) => [name, "https://127.0.0.1:1"],
    ),
  );
  const cloud: LocalCloudAnnouncement = {
    ready: true,
    cloud: provider.id as LocalCloudAnnouncement["cloud"],
    region: "here",
    pid: 1,
    authority: "",
    endpoints: { ...endpoints, iamcredentials: "https://127.0.0.1:1" },
    ports: {},
    account: { account: "account", project: "project" },
  };
  const place = { app: "light", environment: "default", resource: "thing", site: "here", region: "here" };
  const settings = provider.kinds[kind].localSettings(place, cloud) as object;
  if (kind !== "postgres") return settings;
  const users = { owner: "owner", app: "app", read: "read" };
  return { ...settings, host: "127.0.0.1", port: 1, database: "d", tls: "verify_full", authority: "x", users };
}
