import { ApiFault } from "../faults.ts";
import type { Fields, Value } from "./messages.ts";

/** The names that a field path goes through: `address.city`, or with backticks around what is no plain name. */
export type FieldPath = readonly string[];

const plain = /^[A-Za-z_][A-Za-z_0-9]*/;
const quoted = /^`((?:[^`\\]|\\.)*)`/s;

/** https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#document INVALID_ARGUMENT when it is none. */
export function readFieldPath(text: string | undefined): FieldPath {
  const names: string[] = [];
  let rest = text ?? "";
  for (;;) {
    const name = plain.exec(rest) ?? quoted.exec(rest);
    if (name === null || name[0] === "``")
      throw new ApiFault("INVALID_ARGUMENT", `Invalid property path "${text ?? ""}".`);
    names.push(name[1] === undefined ? name[0] : name[1].replace(/\\(.)/gs, "$1"));
    rest = rest.slice(name[0].length);
    if (rest === "") return names;
    if (!rest.startsWith(".")) throw new ApiFault("INVALID_ARGUMENT", `Invalid property path "${text ?? ""}".`);
    rest = rest.slice(1);
  }
}

/** The path's text, in the form in which paths are ordered. */
export function fieldPathText(path: FieldPath): string {
  const quote = (name: string) => `\`${name.replace(/[\\`]/g, "\\$&")}\``;
  return path.map((name) => (plain.exec(name)?.[0] === name ? name : quote(name))).join(".");
}

export function getField(fields: Fields, path: FieldPath): Value | undefined {
  let at: Fields | undefined = fields;
  let value: Value | undefined;
  for (const name of path) {
    value = at !== undefined && Object.hasOwn(at, name) ? at[name] : undefined;
    if (value === undefined) return undefined;
    at = "mapValue" in value ? (value.mapValue.fields ?? {}) : undefined;
  }
  return value;
}

/** A copy with this field set, or gone for `undefined`; maps on the way are made where there are none. */
export function withField(fields: Fields, path: FieldPath, value: Value | undefined): Fields {
  const [name = "", ...rest] = path;
  const now = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length === 0) {
    const { [name]: _gone, ...others } = fields;
    return value === undefined ? others : { ...others, [name]: value };
  }
  const inner = now !== undefined && "mapValue" in now ? (now.mapValue.fields ?? {}) : undefined;
  // Removing what is not there makes nothing.
  if (inner === undefined && value === undefined) return fields;
  return { ...fields, [name]: { mapValue: { fields: withField(inner ?? {}, rest, value) } } };
}

/** Only the named fields. */
export function project(fields: Fields, paths: readonly FieldPath[]): Fields {
  let kept: Fields = {};
  for (const path of paths) {
    const value = getField(fields, path);
    if (value !== undefined) kept = withField(kept, path, value);
  }
  return kept;
}
