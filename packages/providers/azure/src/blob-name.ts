/**
 * Keys as blob names. Azure takes 1,024 characters but no control characters; clients and the service treat "\", segments "." and "..",
 * and a "." or "/" at an end as paths; and it is not said whether its order is that of UTF-8 or of UTF-16. So what Azure does not take
 * is written with characters that it does take, in such a way that names have the order of their keys' UTF-8 bytes, in both encodings:
 * each group below is replaced by something that begins where the group itself would sort.
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 *
 * - "." with a byte up to "/" or the end behind it: ".!"; "/" with a byte up to "!" or the end behind it: "/!"
 * - a control character: " !" and one character; so a space keeps itself only before what is above '"', else a run of spaces is
 *   ' "' and one character for their number
 * - DEL, C1 and the no-break space: the no-break space and one character
 * - "\": "[" and a character above all others
 * - surrogates and the private area, and all from U+FFDB: U+D7FB or U+FFDB and two characters
 */
export function nameOf(key: string): string {
  return encoded(key, false);
}

/** What the names of all keys with this prefix begin with; some names of other keys may as well. */
export function namePrefixOf(prefix: string): string {
  return encoded(prefix, true);
}

const NO_BREAK = "\u00a0";
const ABOVE_ALL = "\uffdc";
const PRIVATE = 0xd7fb;
const LAST = 0xffdb;
const DIGIT = 0x4e00;
const BASE = 1056;
/** More than twice the longest run. */
const RUNS = 2000;

function encoded(key: string, isPrefix: boolean): string {
  const points = Array.from(key, (c) => c.codePointAt(0) ?? 0);
  let name = "";
  for (let i = 0; i < points.length; i++) {
    const point = points[i] ?? 0;
    if (point !== 0x20) {
      const next = points[i + 1] ?? 0;
      name += i + 1 === points.length && isPrefix ? codeOf(point) : codeOf(point) + guardOf(point, next);
      continue;
    }
    let count = 1;
    while (points[i + count] === 0x20) count++;
    i += count - 1;
    const next = points[i + 1];
    if (next === undefined && isPrefix) name += " ";
    else if (count === 1 && next !== undefined && next > 0x22) name += " ";
    else name += ` "${String.fromCharCode(DIGIT + (next === undefined || next < 0x20 ? count : RUNS - count))}`;
  }
  return name;
}

function guardOf(point: number, next: number): string {
  return (point === 0x2e && next <= 0x2f) || (point === 0x2f && next <= 0x21) ? "!" : "";
}

function codeOf(point: number): string {
  if (point < 0x20) return ` !${String.fromCharCode(0x30 + point)}`;
  if (point === 0x5c) return `[${ABOVE_ALL}`;
  if (point >= 0x7f && point <= 0xa0) return NO_BREAK + String.fromCharCode(0x30 + point - 0x7f);
  if (point >= PRIVATE && point <= 0xf8ff) return twoDigits(PRIVATE, point);
  return point >= LAST ? twoDigits(LAST, point) : String.fromCodePoint(point);
}

function twoDigits(first: number, point: number): string {
  const value = point - first;
  return String.fromCharCode(first, DIGIT + Math.floor(value / BASE), DIGIT + (value % BASE));
}

/** The key of a name that `nameOf` gave; for any other name, a key whose name is another one. */
export function keyOf(name: string): string {
  return name.replace(
    /([./])!| !([\s\S])| "([\s\S])|\u00a0([\s\S])|\[\uffdc|([\ud7fb\uffdb])([\s\S])([\s\S])/g,
    (whole, guarded, control, spaces, high, lead, digit1, digit2) => {
      if (guarded !== undefined) return guarded;
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 0x30);
      if (high !== undefined) return String.fromCharCode(high.charCodeAt(0) - 0x30 + 0x7f);
      if (spaces !== undefined) {
        const value = spaces.charCodeAt(0) - DIGIT;
        return value > 0 && value < RUNS ? " ".repeat(Math.min(value, RUNS - value)) : whole;
      }
      if (lead === undefined) return "\\";
      const point = lead.charCodeAt(0) + (digit1.charCodeAt(0) - DIGIT) * BASE + digit2.charCodeAt(0) - DIGIT;
      return point >= 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
