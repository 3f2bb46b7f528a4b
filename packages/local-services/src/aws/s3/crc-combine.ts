/**
 * The CRC of two pieces one after the other, from the CRCs of the pieces: shift the first by the length of the second
 * (multiply by x^(8 n) modulo the polynomial) and add the second.
 */
const KINDS = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;
export type CombinableCrc = keyof typeof KINDS;

export function isCombinable(algorithm: string): algorithm is CombinableCrc {
  return algorithm in KINDS;
}

/** Checksums in base64, with the number of bytes that each covers; the answer covers all of them in this order. */
export function combineCrcs(
  kind: CombinableCrc,
  pieces: readonly { readonly checksum: string; readonly size: number }[],
): string {
  const { width, polynomial } = KINDS[kind];
  let total = 0n;
  for (const { checksum, size } of pieces) {
    const own = BigInt(`0x${Buffer.from(checksum, "base64").toString("hex")}`);
    total = multiply(power(8n * BigInt(size), width, polynomial), total, width, polynomial) ^ own;
  }
  return Buffer.from(total.toString(16).padStart(Number(width) / 4, "0"), "hex").toString("base64");
}

/** Reflected: the highest bit is x^0. */
function multiply(a: bigint, b: bigint, width: bigint, polynomial: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let mask = 1n << (width - 1n); mask > 0n; mask >>= 1n) {
    if ((a & mask) !== 0n) product ^= shifted;
    shifted = (shifted & 1n) === 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

/** x^n modulo the polynomial. */
function power(n: bigint, width: bigint, polynomial: bigint): bigint {
  let result = 1n << (width - 1n);
  let square = 1n << (width - 2n);
  for (let left = n; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = multiply(square, result, width, polynomial);
    square = multiply(square, square, width, polynomial);
  }
  return result;
}
