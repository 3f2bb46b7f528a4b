/**
 * Keys as object names. Cloud Storage takes any UTF-8 up to 1,024 bytes except line ends, the names "." and "..", and what begins with
 * `.well-known/acme-challenge/`; and clients of signed URLs walk segments "." and ".." like a path. Names sort like their keys:
 * a "!" goes behind a "." that begins a segment, and behind that reserved start, wherever a byte up to "/" or the end follows;
 * the four characters from line feed to carriage return become U+000B and a digit.
 * https://cloud.google.com/storage/docs/objects#naming
 */
export function nameOf(key: string): string {
  return linesOut(key)
    .replace(/(^|\/)\.(?=$|[\x01-\x2f])/g, "$1.!")
    .replace(/^(\.well-known\/acme-challenge)(?=$|[\x01-\x2f])/, "$1!");
}

/** What the names of all keys with this prefix begin with. */
export function namePrefixOf(prefix: string): string {
  return linesOut(prefix)
    .replace(/(^|\/)\.(?=[\x01-\x2f])/g, "$1.!")
    .replace(/^(\.well-known\/acme-challenge)(?=[\x01-\x2f])/, "$1!");
}

export function keyOf(name: string): string {
  return name
    .replace(/^(\.well-known\/acme-challenge)!/, "$1")
    .replace(/(^|\/)\.!/g, "$1.")
    .replace(/\x0b([0-3])/g, (_, digit) => String.fromCharCode(0x0a + Number(digit)));
}

function linesOut(text: string): string {
  return text.replace(/[\x0a-\x0d]/g, (c) => `\x0b${c.charCodeAt(0) - 0x0a}`);
}
