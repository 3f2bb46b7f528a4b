export type { Fault, Faults } from "./faults/fault.ts";
export type { KvHarness } from "./kv/harness.ts";
export { kv, kvSuite } from "./kv/suite.ts";
export { type KvStore, kvStore, memoryKv } from "./memory/kv.ts";
export { memoryObjects, type ObjectStore, objectStore } from "./memory/objects.ts";
export { memorySecrets, type SecretStore, secretStore } from "./memory/secrets.ts";
export type { ObjectsHarness } from "./objects/harness.ts";
export { objects, objectsSuite } from "./objects/suite.ts";
export { type PostgresHarness, postgres, postgresSuite } from "./postgres/suite.ts";
export { type SecretsHarness, secrets, secretsSuite } from "./secrets/suite.ts";
export {
  type Case,
  type CaseContext,
  type CaseResult,
  grouped,
  type Harness,
  registerSuite,
  runSuite,
  type Suite,
} from "./suite.ts";
