import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { awsCalls, awsCallTable } from "./calls.ts";

test("the README's table of AWS calls is the one that the code makes", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = /<!-- aws calls:.*?-->\n(.*?)\n?<!-- \/aws calls -->/s.exec(readme)?.[1];
  assert.equal(table, awsCallTable());
});

test("every call in it is one that the official SDK knows by this name", () => {
  for (const [service, sdk] of Object.entries({ s3, dynamodb, secretsmanager: secrets })) {
    const unknown = awsCalls[service]!.filter((name) => !(`${name}Command` in sdk));
    assert.deepEqual(unknown, [], service);
  }
});
