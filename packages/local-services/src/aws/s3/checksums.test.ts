import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Algorithm, compositeChecksum, startChecksum } from "./checksums.ts";
import { type CombinableCrc, combineCrcs } from "./crc-combine.ts";

function sum(algorithm: Algorithm, ...chunks: readonly Uint8Array[]): string {
  const running = startChecksum(algorithm);
  for (const chunk of chunks) running.add(chunk);
  return running.end().toString("base64");
}
const hex = (algorithm: Algorithm, text: string) =>
  Buffer.from(sum(algorithm, Buffer.from(text)), "base64").toString("hex");

test("the catalogue's check values", () => {
  assert.equal(hex("CRC32", "123456789"), "cbf43926");
  assert.equal(hex("CRC32C", "123456789"), "e3069283");
  assert.equal(hex("CRC64NVME", "123456789"), "ae8b14860a799888");
  assert.equal(hex("SHA1", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.equal(compositeChecksum("SHA256", [sum("SHA256", Buffer.from("a"))]).slice(-2), "-1");
});

test("however the bytes are cut, the sum is the same, and sums of the pieces combine to it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<CombinableCrc>("CRC32", "CRC32C", "CRC64NVME"),
      fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 6 }),
      (algorithm, chunks) => {
        const whole = sum(algorithm, Buffer.concat(chunks));
        assert.equal(sum(algorithm, ...chunks), whole);
        const pieces = chunks.map((chunk) => ({ checksum: sum(algorithm, chunk), size: chunk.length }));
        assert.equal(combineCrcs(algorithm, pieces), whole);
      },
    ),
    { numRuns: 200 },
  );
});
