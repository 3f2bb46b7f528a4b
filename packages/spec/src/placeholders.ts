import type { Placeholder } from "@trimaran/contract";

/** A piece of a template: text, a placeholder, or a mistake; offsets count in the template's text. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "placeholder"; readonly placeholder: RawPlaceholder; readonly from: number; readonly to: number }
  | { readonly kind: "mistake"; readonly says: string; readonly from: number; readonly to: number };

/** A placeholder as it is written: names and fields are not looked up yet. */
export type RawPlaceholder =
  | { readonly from: "resource"; readonly resource: string; readonly field: string; readonly isSecret: boolean }
  | { readonly from: "site"; readonly field: string };

/** Takes a template apart. `$${` stands for `${`; every other `$` is itself. */
export function parseTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain !== "") pieces.push({ kind: "text", text: plain });
    plain = "";
  };
  while (at < text.length) {
    if (text.startsWith("$${", at)) {
      plain += "${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      flush();
      const close = text.indexOf("}", at);
      const to = close < 0 ? text.length : close + 1;
      pieces.push(close < 0 ? { kind: "mistake", says: "has no closing brace", from: at, to } : inside(text, at, to));
      at = to;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return pieces;
}

function inside(text: string, from: number, to: number): Piece {
  const mistake = (says: string): Piece => ({ kind: "mistake", says, from, to });
  const found = (placeholder: RawPlaceholder): Piece => ({ kind: "placeholder", placeholder, from, to });
  const words = text.slice(from + 2, to - 1).split(".");
  if (words.some((word) => !/^[A-Za-z0-9_-]+$/.test(word))) return mistake("is not a name with dots");
  const [root, ...rest] = words as [string, ...string[]];
  if (root === "site" && rest.length === 1) return found({ from: "site", field: rest[0]! });
  if (root === "resources" && rest.length === 2) {
    return found({ from: "resource", resource: rest[0]!, field: rest[1]!, isSecret: false });
  }
  if (root === "secrets" && rest.length === 1) {
    return found({ from: "resource", resource: rest[0]!, field: "value", isSecret: true });
  }
  return mistake("is none of ${resources.NAME.FIELD}, ${site.FIELD}, ${secrets.NAME}");
}

/** A text without mistakes as the contract's template. */
export function toTemplate(text: string): readonly (string | Placeholder)[] {
  return parseTemplate(text).flatMap((piece): readonly (string | Placeholder)[] => {
    if (piece.kind === "text") return [piece.text];
    if (piece.kind === "mistake") return [];
    const { placeholder: p } = piece;
    return p.from === "resource"
      ? [{ from: "resource", resource: p.resource, field: p.field }]
      : [{ from: "site", field: p.field as (Placeholder & { from: "site" })["field"] }];
  });
}
