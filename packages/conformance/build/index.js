export { kv, kvSuite } from "./kv/suite.js";
export { kvStore, memoryKv } from "./memory/kv.js";
export { memoryObjects, objectStore } from "./memory/objects.js";
export { memorySecrets, secretStore } from "./memory/secrets.js";
export { objects, objectsSuite } from "./objects/suite.js";
export { postgres, postgresSuite } from "./postgres/suite.js";
export { secrets, secretsSuite } from "./secrets/suite.js";
export { registerSuite, runSuite, } from "./suite.js";
