/**
 * The order of header names in a signature as the service's own runtime sorts text: letters and digits first, a hyphen only where all
 * else is equal. Official clients sort so; others by code unit. The two differ where one name is another plus a hyphenated end.
 */
export function compareHeaders(a: string, b: string): number {
  const plainA = a.replaceAll("-", "");
  const plainB = b.replaceAll("-", "");
  if (plainA !== plainB) return weight(plainA, plainB);
  // Equal but for hyphens: the name whose hyphen comes later is the smaller.
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === b[i]) continue;
    return a[i] === "-" ? 1 : -1;
  }
  return 0;
}

/** Underscore and punctuation before digits before letters. */
function weight(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = rank(a[i]);
    const y = rank(b[i]);
    if (x !== y) return x - y;
  }
  return 0;
}

function rank(char: string | undefined): number {
  if (char === undefined) return 0;
  const code = char.charCodeAt(0);
  return /[a-z0-9]/.test(char) ? code + 1000 : code;
}
