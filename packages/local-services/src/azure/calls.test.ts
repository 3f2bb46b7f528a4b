import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { blobOperations } from "./blob/operations.ts";
import { loginOperations } from "./identity/login.ts";
import { identityOperations } from "./identity/managed-identity.ts";
import { keyVaultOperations } from "./keyvault/operations.ts";
import { tableOperations } from "./table/operations.ts";

const page = readFileSync(new URL("CALLS.md", import.meta.url), "utf8");

/** First column of the table under this heading. */
function listed(service: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${service}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((line) => line.split("|")[1]!.trim()).filter((name) => name !== "call" && !/^-+$/.test(name));
}

for (const [service, operations] of Object.entries({
  blob: blobOperations,
  table: tableOperations,
  keyvault: keyVaultOperations,
  identity: identityOperations,
  login: loginOperations,
})) {
  test(`the page lists exactly the calls of ${service}`, () => {
    const names = [...new Set(operations.map((operation) => operation.name))];
    assert.deepEqual([...listed(service)].sort(), names.sort());
  });
}
