import { proveOnLocalServices } from "../../../../test/emulators/local-suites.ts";
import { aws } from "./provider.ts";

proveOnLocalServices(aws, {
  objects: "aws/s3",
  kv: "aws/dynamodb",
  secrets: "aws/secrets-manager",
  postgres: "aws/rds-postgres",
});
