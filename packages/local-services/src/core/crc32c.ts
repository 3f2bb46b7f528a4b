/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step: https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const POLYNOMIAL = 0x82f63b78;
const LANES = 8;
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const t = new Int32Array(256 * LANES);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    t[n] = c;
  }
  for (let lane = 1; lane < LANES; lane++) {
    for (let n = 0; n < 256; n++) {
      const c = t[(lane - 1) * 256 + n]!;
      t[lane * 256 + n] = (c >>> 8) ^ t[c & 0xff]!;
    }
  }
  return t;
}

/** Goes on from `before` (0 at the start); the answer is unsigned. */
export function crc32c(data: Uint8Array, before = 0): number {
  const t = (tables ??= makeTables());
  let crc = ~before;
  let i = 0;
  const end = data.length - (data.length % LANES);
  for (; i < end; i += LANES) {
    crc =
      t[1792 + ((crc ^ data[i]!) & 0xff)]! ^
      t[1536 + (((crc >>> 8) ^ data[i + 1]!) & 0xff)]! ^
      t[1280 + (((crc >>> 16) ^ data[i + 2]!) & 0xff)]! ^
      t[1024 + ((crc >>> 24) ^ data[i + 3]!)]! ^
      t[768 + data[i + 4]!]! ^
      t[512 + data[i + 5]!]! ^
      t[256 + data[i + 6]!]! ^
      t[data[i + 7]!]!;
  }
  for (; i < data.length; i++) crc = (crc >>> 8) ^ t[(crc ^ data[i]!) & 0xff]!;
  return ~crc >>> 0;
}

/** Four bytes, most significant first, as GCS and S3 encode it. */
export function crc32cBytes(value: number): Uint8Array {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return new Uint8Array(out);
}
