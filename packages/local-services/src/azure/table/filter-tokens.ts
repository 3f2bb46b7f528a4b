import { type EdmValue, NumberText, readValue } from "./edm.ts";
import { tableFailure } from "./errors.ts";

export type Token =
  | { readonly kind: "(" | ")" }
  /** An operator or a property's name. */
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "value"; readonly value: EdmValue };

type Read = (match: RegExpExecArray) => Token;

const value = (of: EdmValue): Token => ({ kind: "value", value: of });
const unquoted = (text: string): string => text.replaceAll("''", "'");

/** In order: the first that fits at the position is taken. */
const patterns: readonly (readonly [RegExp, Read])[] = [
  [/\(/y, () => ({ kind: "(" })],
  [/\)/y, () => ({ kind: ")" })],
  [/'((?:[^']|'')*)'/y, (m) => value({ type: "String", value: unquoted(m[1]!) })],
  [/guid'([^']*)'/y, (m) => value(readValue(m[1], "Edm.Guid"))],
  [/datetime'([^']*)'/y, (m) => value(readValue(m[1], "Edm.DateTime"))],
  [
    /(?:X|binary)'((?:[0-9A-Fa-f]{2})*)'/y,
    (m) => value({ type: "Binary", value: Buffer.from(m[1]!, "hex").toString("base64") }),
  ],
  [/(-?\d+)L(?![\w.])/y, (m) => value(readValue(m[1], "Edm.Int64"))],
  [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y, (m) => value(readValue(new NumberText(m[0]), undefined))],
  [/(true|false)(?![\w.])/y, (m) => value({ type: "Boolean", value: m[1] === "true" })],
  [/[\p{L}_][\p{L}\p{N}_.-]*/uy, (m) => ({ kind: "word", text: m[0] })],
];

/** Throws `AzureFailure` InvalidInput at what belongs to no filter. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === " ") {
      at++;
      continue;
    }
    const [token, end] = tokenAt(text, at);
    found.push(token);
    at = end;
  }
  return found;
}

function tokenAt(text: string, at: number): readonly [Token, number] {
  for (const [pattern, read] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [read(match), at + match[0].length];
  }
  throw tableFailure("InvalidInput");
}
