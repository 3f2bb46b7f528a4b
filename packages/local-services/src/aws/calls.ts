import { DYNAMODB_OPERATIONS } from "./dynamodb/service.ts";
import { operations as s3Operations } from "./s3/operations.ts";
import { SECRETS_OPERATIONS } from "./secrets/service.ts";
import { STS_OPERATIONS } from "./sts/service.ts";

/** Every call that the local AWS cloud answers, by service: what the README's table is made from. */
export const awsCalls: Readonly<Record<string, readonly string[]>> = {
  s3: s3Operations.map(({ name }) => name).sort(),
  dynamodb: DYNAMODB_OPERATIONS,
  secretsmanager: [...SECRETS_OPERATIONS].sort(),
  sts: [...STS_OPERATIONS].sort(),
  credentials: ["GET /v2/credentials"],
};

/** The table as it stands in the README. */
export function awsCallTable(): string {
  const rows = Object.entries(awsCalls).map(([service, calls]) => `| ${service} | ${calls.join(", ")} |`);
  return ["| service | calls |", "|---|---|", ...rows].join("\n");
}
