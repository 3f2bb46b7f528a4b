import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc64 } from "./crc64.ts";

const of = (...chunks: readonly Uint8Array[]): string => {
  const sum = crc64();
  for (const chunk of chunks) sum.add(chunk);
  return sum.value();
};

test("the check value of CRC-64 with this polynomial", () => {
  const value = Buffer.from(of(Buffer.from("123456789")), "base64").readBigUInt64LE();
  assert.equal(value, 0xae8b14860a799888n);
});

test("chunks make no difference", () => {
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => assert.equal(of(a, b), of(Buffer.concat([a, b])))));
});
