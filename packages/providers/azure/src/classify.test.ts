import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "@trimaran/contract";
import { classify } from "./classify.ts";

const vendor = (more: object) => Object.assign(new Error("said"), { name: "RestError" }, more);
const http = (statusCode: number, code?: string) => vendor({ statusCode, code });

const table: readonly (readonly [ErrorCode | undefined, ...unknown[]])[] = [
  ["not_found", http(404, "BlobNotFound"), http(404, "SecretNotFound"), http(404)],
  [
    "already_exists",
    http(409, "BlobAlreadyExists"),
    vendor({ statusCode: 409, details: { odataError: { code: "EntityAlreadyExists" } } }),
  ],
  ["conflict", http(412, "ConditionNotMet"), http(409), http(400, "InvalidBlockList")],
  ["unauthenticated", http(403, "AuthenticationFailed"), http(401), vendor({ name: "CredentialUnavailableError" })],
  ["permission_denied", http(403, "AuthorizationPermissionMismatch"), http(403)],
  ["invalid_argument", http(416, "InvalidRange"), http(400)],
  ["quota_exhausted", http(503, "ServerBusy"), http(429)],
  ["unavailable", http(500), vendor({ code: "ECONNREFUSED" }), vendor({ code: "REQUEST_SEND_ERROR" })],
  ["timeout", http(500, "OperationTimedOut"), vendor({ code: "ETIMEDOUT" })],
  ["verification_failed", http(400, "Md5Mismatch")],
  ["unsupported", http(501)],
  [undefined, vendor({}), vendor({ code: "toString" }), "a text", undefined],
];

test("each cause has its code, and what is not known has none", () => {
  for (const [code, ...errors] of table) {
    for (const e of errors) assert.equal(classify(e), code);
  }
});
