import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./cli.ts";

/** Holds what a command printed to its table in docs/json.md: no field that is not there, none missing that has no `?`. */
export function assertDocumented(section: string, document: unknown): void {
  const table = readTable(section);
  const printed = fieldsOf(document, "");
  const unknown = [...printed].filter((field) => !table.has(field));
  assert.deepEqual(unknown, [], `docs/json.md, section '${section}', does not name these fields`);
  const missing = [...table].filter(
    ([field, isOptional]) => !isOptional && !printed.has(field) && !hasEmptyParent(field, document),
  );
  assert.deepEqual(missing, [], `fields of docs/json.md, section '${section}', that were not printed`);
}

function readTable(section: string): ReadonlyMap<string, boolean> {
  const text = readFileSync(join(root, "docs/json.md"), "utf8");
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  assert.ok(body, `docs/json.md has a section '${section}'`);
  return new Map([...body.matchAll(/^\| `([^`]+?)(\?)?` *\|/gm)].map((m) => [m[1] ?? "", m[2] === "?"]));
}

/** Paths of all leaves, as "sites[].name". */
function fieldsOf(value: unknown, path: string): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...fieldsOf(item, `${path}[]`)]));
  if (typeof value === "object" && value !== null) {
    return new Set(
      Object.entries(value).flatMap(([key, item]) => [...fieldsOf(item, path === "" ? key : `${path}.${key}`)]),
    );
  }
  return new Set([path]);
}

/** A field of a list's items is not missing when the list is empty. */
function hasEmptyParent(field: string, document: unknown): boolean {
  const end = field.indexOf("[]");
  if (end === -1) return false;
  const list = field
    .slice(0, end)
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
  return Array.isArray(list) && (list.length === 0 || list.every((item) => hasEmptyParent(field.slice(end + 3), item)));
}
