import type { Json } from "@trimaran/contract";
import type { Path, Span } from "./problem.ts";

/** The file's values with the place of each: what every check reads. Built by `readYaml`; shared parts are shared. */
export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: "map";
  readonly at: Span;
  /** How many values, this one included. */
  readonly size: number;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Keys that an overlay took away, and where. */
  readonly removed: ReadonlyMap<string, Span>;
}
export interface Entry {
  readonly key: Span;
  readonly value: Tree;
}
interface ListTree {
  readonly kind: "list";
  readonly at: Span;
  readonly size: number;
  readonly items: readonly Tree[];
}
export interface ScalarTree {
  readonly kind: "scalar";
  readonly at: Span;
  readonly size: 1;
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes: a number's own digits. */
  readonly source: string;
}

export function mapOf(at: Span, entries: ReadonlyMap<string, Entry>): MapTree {
  const size = [...entries.values()].reduce((sum, { value }) => sum + value.size, 1);
  return { kind: "map", at, size, entries, removed: new Map() };
}

export function find(tree: Tree | undefined, path: Path): Tree | undefined {
  let here = tree;
  for (const part of path) {
    if (here?.kind === "map") here = here.entries.get(String(part))?.value;
    else if (here?.kind === "list" && typeof part === "number") here = here.items[part];
    else return undefined;
  }
  return here;
}

/** The entries of the map at `path`; none where there is no map. */
export function entriesAt(tree: Tree, path: Path): readonly (readonly [string, Entry])[] {
  const here = find(tree, path);
  return here?.kind === "map" ? [...here.entries] : [];
}

export function itemsAt(tree: Tree, path: Path): readonly Tree[] {
  const here = find(tree, path);
  return here?.kind === "list" ? here.items : [];
}

/** The text, number or truth value at `path`; undefined for anything else. */
export function valueAt(tree: Tree, path: Path): string | number | boolean | undefined {
  const here = find(tree, path);
  return here?.kind === "scalar" && here.value !== null ? here.value : undefined;
}

/**
 * Where a mistake at `path` is shown: its value, its key, or where the path ends early the key of the last part that exists;
 * a key that an overlay took away is shown where it was taken away.
 */
export function locate(tree: Tree, path: Path, atKey: boolean): Span {
  let here: Tree = tree;
  let place: Span = { start: 0, end: 0 };
  for (const [index, part] of path.entries()) {
    if (here.kind === "map") {
      const entry = here.entries.get(String(part));
      if (entry === undefined) return here.removed.get(String(part)) ?? place;
      place = entry.key;
      here = entry.value;
    } else if (here.kind === "list" && typeof part === "number" && here.items[part] !== undefined) {
      here = here.items[part];
      place = here.at;
    } else return place;
    if (index === path.length - 1) return atKey ? place : here.at;
  }
  return place;
}

/** Plain data, for the schema. */
export function toPlain(tree: Tree): Json {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(toPlain);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toPlain(value)]));
}

/** `over` laid on `base`: maps are merged key by key, null takes a key away, everything else replaces. Places are kept. */
export function overlay(base: Tree, over: Tree): Tree {
  if (base.kind !== "map" || over.kind !== "map") return over.kind === "map" ? withoutNulls(over) : over;
  const entries = new Map(base.entries);
  const removed = new Map(base.removed);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    if (entry.value.kind === "scalar" && entry.value.value === null) {
      entries.delete(key);
      removed.set(key, entry.key);
    } else if (below === undefined) entries.set(key, { ...entry, value: withoutNulls(entry.value) });
    else entries.set(key, { key: entry.key, value: overlay(below.value, entry.value) });
  }
  // A merged map is shown where the overlay gives it: there it can be changed without touching the base.
  return { ...mapOf(over.at, entries), removed };
}

function withoutNulls(tree: Tree): Tree {
  return tree.kind === "map" ? overlay(mapOf(tree.at, new Map()), tree) : tree;
}
