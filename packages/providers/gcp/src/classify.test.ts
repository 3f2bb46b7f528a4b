import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "@trimaran/contract";
import { classify } from "./classify.ts";

const vendor = (code: unknown, more: object = {}) => Object.assign(new Error("said"), { code }, more);

const table: readonly (readonly [ErrorCode | undefined, ...unknown[]])[] = [
  ["not_found", vendor(5), vendor(404), vendor("404")],
  ["already_exists", vendor(6)],
  ["conflict", vendor(9), vendor(10), vendor(412), vendor("ERR", { status: 412 })],
  ["unauthenticated", vendor(16), vendor(401)],
  ["permission_denied", vendor(7), vendor(403)],
  ["invalid_argument", vendor(3), vendor(416), vendor(400)],
  ["quota_exhausted", vendor(8), vendor(429)],
  ["unavailable", vendor(14), vendor(13), vendor(503), vendor("ECONNREFUSED")],
  ["timeout", vendor(4), vendor("ETIMEDOUT"), vendor(408)],
  ["verification_failed", vendor(15), vendor("CONTENT_DOWNLOAD_MISMATCH")],
  ["unsupported", vendor(12), vendor(501)],
  ["canceled", vendor(1)],
  [undefined, vendor(undefined), vendor("toString"), "a text", undefined],
];

test("each cause has its code, and what is not known has none", () => {
  for (const [code, ...errors] of table) {
    for (const e of errors) assert.equal(classify(e), code);
  }
});
