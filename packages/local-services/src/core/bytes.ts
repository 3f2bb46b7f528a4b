const encoder = new TextEncoder();
// A key may begin with U+FEFF: it is a character like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 bytes: the form in which keys are stored, so that their order in SQLite is the order of their bytes. */
export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The smallest bytes that are greater than everything that begins with `prefix`; undefined where nothing is. */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const next = prefix.slice(0, end);
  next[end - 1] = next[end - 1]! + 1;
  return next;
}

/** The smallest bytes that are greater than exactly these. */
export function justAfter(bytes: Uint8Array): Uint8Array {
  const next = new Uint8Array(bytes.length + 1);
  next.set(bytes);
  return next;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
