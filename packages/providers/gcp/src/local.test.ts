import { proveOnLocalServices } from "../../../../test/emulators/local-suites.ts";
import { gcp } from "./provider.ts";

proveOnLocalServices(
  gcp,
  { objects: "gcp/storage", kv: "gcp/firestore", secrets: "gcp/secret-manager", postgres: "gcp/cloud-sql-postgres" },
  {
    kv: [
      "an answer whose connection is reset in its middle is unavailable",
      "an answer that ends in its middle is unavailable",
    ].map((test) => ({
      test,
      reason: "Google's SDK asks for a broken answer again by itself, until the call's time limit: timeout",
    })),
    secrets: [
      ...[
        "a service that says it is asked too often is quota_exhausted",
        "an answer whose connection is reset in its middle is unavailable",
      ].map((test) => ({ test, reason: "Google's SDK asks again by itself, until the call's time limit: timeout" })),
      {
        test: "a write whose answer was lost is there, or was refused for another reason than itself",
        reason: "the first put of a name is two requests: the first one's answer was lost, and the second not sent",
      },
    ],
  },
);
