import { proveOnLocalServices } from "../../../../test/emulators/local-suites.ts";
import { azure } from "./provider.ts";

proveOnLocalServices(azure, {
  objects: "azure/blob",
  kv: "azure/table",
  secrets: "azure/key-vault",
  postgres: "azure/postgres",
});
