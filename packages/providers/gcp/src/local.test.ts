import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kvSuite, objectsSuite, secretsSuite } from "@trimaran/conformance";
import { codeOf, type DriverKind, guard, type ResourcePlace } from "@trimaran/contract";
import type { TestCloud } from "@trimaran/local-services/testing";
import { PLACES, startLocalCloud } from "../../../../test/emulators/local.ts";
import { gcp } from "./provider.ts";

let cloud: TestCloud;
let count = 0;
const place = (resource: string): ResourcePlace => {
  return { app: "conformance", environment: "default", resource, site: "gcp", region: "here" };
};
const places = (resource: string) => Array.from({ length: PLACES }, (_, i) => place(`${resource}${i + 1}`));

before(async () => {
  cloud = await startLocalCloud(gcp, [
    ...places("documents").map((of) => ({ kind: "bucket" as const, name: gcp.kinds.objects.physicalName(of) })),
    ...places("sessions").map((of) => ({
      kind: "table" as const,
      name: gcp.kinds.kv.physicalName(of),
      expiryAttribute: "expires",
    })),
  ]);
});
after(() => cloud.close());

const reset = async () => {
  count = (count % PLACES) + 1;
};

/** A driver as an instance at the site opens it. */
async function open<K extends DriverKind>(kind: K, resource: string) {
  const door = gcp.kinds[kind];
  const { open, classify } = await door.load();
  const name = `${resource}${count}`;
  return guard(await open(door.localSettings(place(name), cloud.announcement), name), classify, name);
}

objectsSuite({ name: "gcp/storage on local services", reset, make: () => open("objects", "documents") });
kvSuite({ name: "gcp/firestore on local services", reset, make: () => open("kv", "sessions") });
secretsSuite({ name: "gcp/secret-manager on local services", reset, make: () => open("secrets", "signing") });

test("postgres: a role's password is read from the site's own secret store, and a missing one is not_found", async () => {
  await reset();
  const call = { signal: AbortSignal.timeout(20_000) };
  const of = place("records");
  const door = gcp.kinds.postgres;
  const { passwords, ...rest } = door.localSettings(of, cloud.announcement) as { readonly passwords: object };
  const server = { host: "127.0.0.1", port: 5432, database: "records", tls: "off" };
  const users = { owner: "records_owner", app: "records_app", read: "records_read" };
  const store = await (await gcp.kinds.secrets.load()).open(passwords, "records");
  await store.put("app", "a password", call);
  const { open: openPostgres, classify } = await door.load();
  const driver = guard(await openPostgres({ ...rest, passwords, ...server, users }, "records"), classify, "records");
  const { credentials, ...at } = await driver.endpoint("app", call);
  assert.deepEqual(at, server);
  assert.deepEqual(await credentials(call), { user: "records_app", password: "a password" });
  const owner = await driver.endpoint("owner", call);
  await assert.rejects(owner.credentials(call), (e) => codeOf(e, classify) === "not_found");
  await Promise.all([driver.close(), store.close()]);
});
