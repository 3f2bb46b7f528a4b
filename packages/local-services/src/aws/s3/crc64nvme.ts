/**
 * CRC-64/NVME (polynomial 0xad93d23594c93659, reflected, all ones in and out):
 * https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme
 * In two 32-bit halves, since numbers have no 64; eight bytes a step.
 */
const POLYNOMIAL = 0x9a6c9329ac4bc9b5n; // reflected
const LANES = 8;
let tables: { readonly high: Int32Array; readonly low: Int32Array } | undefined;

function makeTables(): { readonly high: Int32Array; readonly low: Int32Array } {
  const values = new BigUint64Array(256 * LANES);
  for (let n = 0; n < 256; n++) {
    let c = BigInt(n);
    for (let bit = 0; bit < 8; bit++) c = (c & 1n) === 1n ? (c >> 1n) ^ POLYNOMIAL : c >> 1n;
    values[n] = c;
  }
  for (let i = 256; i < values.length; i++) {
    const c = values[i - 256]!;
    values[i] = (c >> 8n) ^ values[Number(c & 0xffn)]!;
  }
  return {
    high: Int32Array.from(values, (v) => Number(v >> 32n) | 0),
    low: Int32Array.from(values, (v) => Number(v & 0xffffffffn) | 0),
  };
}

export function crc64nvme(): { add(chunk: Uint8Array): void; end(): Buffer } {
  const { high, low } = (tables ??= makeTables());
  let hi = -1;
  let lo = -1;
  const step = (byte: number) => {
    const n = (lo ^ byte) & 0xff;
    lo = ((lo >>> 8) | (hi << 24)) ^ low[n]!;
    hi = (hi >>> 8) ^ high[n]!;
  };
  return {
    add(chunk) {
      let i = 0;
      const end = chunk.length - (chunk.length % LANES);
      for (; i < end; i += LANES) {
        const a = lo ^ (chunk[i]! | (chunk[i + 1]! << 8) | (chunk[i + 2]! << 16) | (chunk[i + 3]! << 24));
        const b = hi ^ (chunk[i + 4]! | (chunk[i + 5]! << 8) | (chunk[i + 6]! << 16) | (chunk[i + 7]! << 24));
        const [n0, n1, n2, n3] = [
          1792 + (a & 0xff),
          1536 + ((a >>> 8) & 0xff),
          1280 + ((a >>> 16) & 0xff),
          1024 + (a >>> 24),
        ];
        const [n4, n5, n6, n7] = [768 + (b & 0xff), 512 + ((b >>> 8) & 0xff), 256 + ((b >>> 16) & 0xff), b >>> 24];
        lo = low[n0]! ^ low[n1]! ^ low[n2]! ^ low[n3]! ^ low[n4]! ^ low[n5]! ^ low[n6]! ^ low[n7]!;
        hi = high[n0]! ^ high[n1]! ^ high[n2]! ^ high[n3]! ^ high[n4]! ^ high[n5]! ^ high[n6]! ^ high[n7]!;
      }
      for (; i < chunk.length; i++) step(chunk[i]!);
    },
    end() {
      const out = Buffer.alloc(8);
      out.writeInt32BE(~hi, 0);
      out.writeInt32BE(~lo, 4);
      return out;
    },
  };
}
