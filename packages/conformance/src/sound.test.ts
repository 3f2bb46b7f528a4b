import { guard } from "@trimaran/contract";
import { kvSuite } from "./kv/suite.ts";
import { kvStore, memoryKv } from "./memory/kv.ts";
import { memoryObjects, objectStore } from "./memory/objects.ts";
import { memorySecrets, secretStore } from "./memory/secrets.ts";
import { objectsSuite } from "./objects/suite.ts";
import { secretsSuite } from "./secrets/suite.ts";

const unclassified = () => undefined;

let objects = objectStore();
objectsSuite({
  name: "memory",
  make: async () => guard(memoryObjects(objects), unclassified, "test"),
  async reset() {
    objects = objectStore();
  },
});

let entries = kvStore();
let passed = 0;
kvSuite({
  name: "memory",
  make: async () => guard(memoryKv(entries, { now: () => Date.now() + passed }), unclassified, "test"),
  async reset() {
    entries = kvStore();
  },
  async pass(ms) {
    passed += ms;
  },
});

let secrets = secretStore();
secretsSuite({
  name: "memory",
  make: async () => guard(memorySecrets(secrets), unclassified, "test"),
  async reset() {
    secrets = secretStore();
  },
});
