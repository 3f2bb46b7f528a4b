import { after, before } from "node:test";
import { kvSuite, objectsSuite, secretsSuite } from "@trimaran/conformance";
import { type DriverKind, guard, type ResourcePlace } from "@trimaran/contract";
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
