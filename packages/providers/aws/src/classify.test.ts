import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "@trimaran/contract";
import { classify } from "./classify.ts";

const vendor = (name: string, more: object = {}) => Object.assign(new Error("said"), { name }, more);
const http = (httpStatusCode: number) => vendor("Unknown", { $metadata: { httpStatusCode } });

const table: readonly (readonly [ErrorCode | undefined, ...unknown[]])[] = [
  ["not_found", vendor("NoSuchKey"), vendor("ResourceNotFoundException"), http(404)],
  ["already_exists", vendor("ResourceExistsException")],
  ["conflict", vendor("PreconditionFailed"), vendor("ConditionalCheckFailedException"), http(412)],
  ["unauthenticated", vendor("ExpiredToken"), vendor("SignatureDoesNotMatch"), vendor("CredentialsProviderError")],
  ["permission_denied", vendor("AccessDenied"), http(403)],
  ["invalid_argument", vendor("InvalidRange"), vendor("ValidationException"), http(400)],
  ["quota_exhausted", vendor("SlowDown"), vendor("ProvisionedThroughputExceededException"), http(429)],
  ["unavailable", vendor("InternalError"), http(503), vendor("Error", { code: "ECONNREFUSED" })],
  ["timeout", vendor("RequestTimeout"), vendor("Error", { code: "ETIMEDOUT" })],
  ["verification_failed", vendor("BadDigest")],
  ["unsupported", http(501)],
  [undefined, vendor("Error"), vendor("toString"), "a text", undefined],
];

test("each cause has its code, and what is not known has none", () => {
  for (const [code, ...errors] of table) {
    for (const e of errors) assert.equal(classify(e), code);
  }
});
