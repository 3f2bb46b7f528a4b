/**
 * CRC-64 as Azure Storage computes it for `x-ms-content-crc64` (reflected polynomial 0x9A6C9329AC4BC9B5, all ones in and out),
 * on two 32-bit halves, since 64-bit arithmetic in JavaScript allocates.
 */
const POLY_HIGH = 0x9a6c9329;
const POLY_LOW = 0xac4bc9b5;
const tableHigh = new Uint32Array(256);
const tableLow = new Uint32Array(256);

for (let i = 0; i < 256; i++) {
  let high = 0;
  let low = i;
  for (let bit = 0; bit < 8; bit++) {
    const odd = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    if (odd) {
      low = (low ^ POLY_LOW) >>> 0;
      high = (high ^ POLY_HIGH) >>> 0;
    }
  }
  tableHigh[i] = high;
  tableLow[i] = low;
}

export interface Crc64 {
  add(chunk: Uint8Array): void;
  /** Base64 of the eight bytes, least significant first: as the header carries it. */
  value(): string;
}

export function crc64(): Crc64 {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    add(chunk) {
      for (let i = 0; i < chunk.length; i++) {
        const at = (low ^ chunk[i]!) & 0xff;
        low = (((low >>> 8) | (high << 24)) ^ tableLow[at]!) >>> 0;
        high = ((high >>> 8) ^ tableHigh[at]!) >>> 0;
      }
    },
    value() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32LE(~low >>> 0, 0);
      bytes.writeUInt32LE(~high >>> 0, 4);
      return bytes.toString("base64");
    },
  };
}
