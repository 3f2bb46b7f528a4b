import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from "yaml";
import { nearest } from "./nearest.ts";
import { type Place, spansIn } from "./position.ts";
import { type Finding, type Path, quote, type Span } from "./problem.ts";
import { type Entry, type MapTree, mapOf, type ScalarTree, type Tree } from "./tree.ts";

const maxText = 1024 * 1024;
const maxDepth = 32;
const maxValues = 20_000;

/** Reads YAML 1.2 into a tree with places. A file with errors of syntax gives no tree; any other mistake leaves as much as can be read. */
export function readYaml(text: string): { readonly tree: MapTree | undefined; readonly findings: readonly Finding[] } {
  if (text.length > maxText) return { tree: undefined, findings: [tooBig([], undefined)] };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { schema: "core", uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  } catch (e) {
    // The parser recurses: some thousand brackets in a row end in a RangeError.
    const deep = e instanceof RangeError;
    return {
      tree: undefined,
      findings: [deep ? tooBig([], undefined) : syntax(text, String(e), { start: 0, end: 0 })],
    };
  }
  if (document.errors.length > 0) return { tree: undefined, findings: syntaxFindings(text, document.errors) };
  const builder = new TreeBuilder(text);
  const findings = document.warnings.map((warning) => tagFinding(warning));
  if (document.contents === null || isNothing(document.contents))
    return { tree: undefined, findings: [...findings, nothing] };
  const tree = builder.build(document.contents, []);
  findings.push(...builder.findings);
  if (tree.kind === "map") return { tree, findings };
  const wrong: Finding = {
    code: "wrong-type",
    path: [],
    message: `The file should be a map of keys and values, and is ${tree.kind === "list" ? "a list" : "one text"}`,
    hint: "Start with `app: my-app`, and put each key on a line of its own",
    at: tree.at,
  };
  return { tree: undefined, findings: [...findings, wrong] };
}

const nothing: Finding = {
  code: "missing-key",
  path: [],
  message: "The file holds nothing",
  hint: "`trimaran init` writes one from what is in the folder; `app`, `service.port` and one site are enough",
};

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** Turns nodes into the tree in the order of the text, so that an alias finds the anchor before it, and never itself. */
class TreeBuilder {
  readonly findings: Finding[] = [];
  readonly #placeOf: (span: Span) => Place;
  readonly #anchors = new Map<string, Tree>();
  #isFull = false;

  constructor(text: string) {
    this.#placeOf = spansIn(text);
  }

  build(node: Node | null | undefined, path: Path, fallback: Span = { start: 0, end: 0 }): Tree {
    if (node === null || node === undefined) return empty(fallback);
    if (isAlias(node)) return this.#follow(node.source, spanOf(node, fallback), path);
    const tree = this.#unnamed(node, path, spanOf(node, fallback));
    const anchor = "anchor" in node ? node.anchor : undefined;
    if (typeof anchor === "string") this.#anchors.set(anchor, tree);
    return tree;
  }

  #unnamed(node: Node, path: Path, at: Span): Tree {
    if (path.length > maxDepth) return this.#full(path, at);
    if (isMap(node)) return this.#map(node.items as Pair<unknown, unknown>[], path, at);
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.build(item as Node | null, [...path, i], at));
      const size = items.reduce((sum, item) => sum + item.size, 1);
      return size > maxValues ? this.#full(path, at) : { kind: "list", at, size, items };
    }
    return isScalar(node) ? this.#scalar(node.value, node.source ?? "", path, at) : empty(at);
  }

  #map(pairs: readonly Pair<unknown, unknown>[], path: Path, at: Span): Tree {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const pair of pairs) {
      const keyAt = spanOf(pair.key as Node | null, at);
      const key = this.#key(pair.key, path, keyAt);
      if (key === undefined) continue;
      const value = this.build(pair.value as Node | null, [...path, key], keyAt);
      if (key === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") merged.push(value);
      else if (entries.has(key)) this.#duplicate(key, entries.get(key)!, keyAt, path);
      else entries.set(key, { key: keyAt, value });
    }
    for (const source of merged) this.#merge(source, entries, path);
    const map = mapOf(at, entries);
    return map.size > maxValues ? this.#full(path, at) : map;
  }

  /** https://yaml.org/type/merge.html: keys of the map itself win, then those of earlier maps of the list. */
  #merge(source: Tree, entries: Map<string, Entry>, path: Path): void {
    for (const part of source.kind === "list" ? source.items : [source]) {
      if (part.kind !== "map") {
        this.findings.push({
          code: "yaml-anchor",
          path,
          message: "`<<` merges a map or a list of maps, and this is neither",
          hint: "Write `<<: *name`, where `&name` stands at a map",
          at: part.at,
        });
      } else for (const [key, entry] of part.entries) if (!entries.has(key)) entries.set(key, entry);
    }
  }

  #key(key: unknown, path: Path, at: Span): string | undefined {
    const text = isScalar(key) ? (typeof key.value === "string" ? key.value : key.source) : undefined;
    if (text !== undefined && text !== "" && text !== "__proto__") return text;
    this.findings.push({
      code: "bad-key",
      path,
      message: text === "__proto__" ? "`__proto__` cannot be a key" : "A key should be plain text",
      hint: "Write `key: value`; a value that starts with { or [ needs quotes to be text",
      at,
    });
    return undefined;
  }

  #duplicate(key: string, first: Entry, at: Span, path: Path): void {
    const { line } = this.#placeOf(first.key);
    this.findings.push({
      code: "duplicate-key",
      path: [...path, key],
      message: `${quote(key)} stands twice in this map, first on line ${line}`,
      hint: "Remove one of the two, or put what both hold under one",
      at,
    });
  }

  #follow(name: string, at: Span, path: Path): Tree {
    const target = this.#anchors.get(name);
    if (target !== undefined) return { ...target, at };
    const suggestion = nearest(name, [...this.#anchors.keys()]);
    this.findings.push({
      code: "yaml-anchor",
      path,
      message: `The alias *${name} has no anchor before it`,
      hint:
        suggestion === undefined
          ? `Write &${name} at the value that is meant; or quote the text if it is no alias`
          : `Did you mean *${suggestion}?`,
      suggestion: suggestion === undefined ? undefined : `*${suggestion}`,
      at,
    });
    return empty(at);
  }

  #scalar(value: unknown, source: string, path: Path, at: Span): ScalarTree {
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.findings.push({
        code: "out-of-range",
        path,
        message: "A number should be finite",
        hint: "Write an ordinary number, or put the text in quotes",
        at,
      });
      return { kind: "scalar", at, size: 1, value: 0, source };
    }
    const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", at, size: 1, value: isPlain ? value : null, source };
  }

  #full(path: Path, at: Span): ScalarTree {
    if (!this.#isFull) this.findings.push(tooBig(path, at));
    this.#isFull = true;
    return empty(at);
  }
}

function empty(at: Span): ScalarTree {
  return { kind: "scalar", at, size: 1, value: null, source: "" };
}

function spanOf(node: Node | null | undefined, fallback: Span): Span {
  const range = node?.range;
  return range ? { start: range[0], end: Math.max(range[0], range[1]) } : fallback;
}

function tooBig(path: Path, at: Span | undefined): Finding {
  return {
    code: "yaml-too-big",
    path,
    message: "The spec is longer than 1 MiB, nested deeper than 32 levels, or has more than 20,000 values",
    hint: "Aliases count with all that they stand for; move what is not about Trimaran to another file",
    at,
  };
}

const syntaxHints: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "Indent with spaces: YAML allows no tabs there",
  BAD_INDENT: "Bring the line to the same column as the keys that it belongs to",
  BLOCK_AS_IMPLICIT_KEY: "A value with a colon in it needs quotes; a nested map goes on the next line, indented",
  MULTILINE_IMPLICIT_KEY: "Every key needs a colon and a space after it: `key: value`",
  MULTIPLE_DOCS: "Keep one document: remove the `---` in the middle",
  MISSING_CHAR: "Look for a quote, bracket, comma or colon that is missing before this place",
  BAD_DQ_ESCAPE: "In double quotes write \\\\ for a backslash, or use single quotes",
  BAD_SCALAR_START: "Text that starts with @, `, % or | needs quotes",
};

function syntax(
  text: string,
  message: string,
  at: Span,
  hint = "Check indentation, quotes and brackets around this place",
): Finding {
  const lineStart = text.lastIndexOf("\n", at.start - 1) + 1;
  const line = text.slice(lineStart, (text.indexOf("\n", at.start) + 1 || text.length + 1) - 1);
  // The most frequent mistake of all: inside { } YAML reads the braces of a placeholder as its own.
  const isPlaceholder = /[{[,:]\s*[^"'\s{[,]*\$\{/.test(line);
  const first = message.split("\n")[0] ?? "";
  return {
    code: "yaml-syntax",
    path: [],
    message: `This is not YAML: ${first.slice(0, 200)}`,
    hint: isPlaceholder ? 'Put the placeholder in quotes: "${...}"' : hint,
    at,
  };
}

/** One a line: what follows on the same line is the same mistake seen again. */
function syntaxFindings(text: string, errors: readonly YAMLError[]): Finding[] {
  const seen = new Set<number>();
  return errors.flatMap((error) => {
    const [start, end] = error.pos;
    const line = text.lastIndexOf("\n", start - 1);
    if (seen.has(line)) return [];
    seen.add(line);
    return [syntax(text, error.message, { start, end: Math.max(start, end) }, syntaxHints[error.code])];
  });
}

function tagFinding(warning: YAMLError): Finding {
  return {
    code: "yaml-tag",
    path: [],
    message: "A YAML tag (`!name`) means nothing in a spec",
    hint: "Remove the tag, or put the text in quotes if it starts with !",
    at: { start: warning.pos[0], end: warning.pos[1] },
  };
}
