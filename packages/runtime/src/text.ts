import { TrimaranError } from "@trimaran/contract";

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A key that every service can carry: `most` UTF-8 bytes, no NUL, no lone surrogate. */
export function checkedKey(key: string, most: number, what: string, least = 1): string {
  if (typeof key !== "string" || !key.isWellFormed() || key.includes("\0")) {
    throw new TrimaranError("invalid_argument", `${what} is well-formed text without NUL`);
  }
  const size = Buffer.byteLength(key);
  if (size < least || size > most) {
    throw new TrimaranError("invalid_argument", `${what} has ${least} to ${most} UTF-8 bytes, not ${size}`);
  }
  return key;
}
