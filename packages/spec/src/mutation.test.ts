import assert from "node:assert/strict";
import { test } from "node:test";
import { type App, canonicalJson } from "@trimaran/contract";
import fc from "fast-check";
import { isMap, isPair, isScalar, isSeq, type Pair, parseDocument, Scalar, visit } from "yaml";
import { isLong } from "../../../test/parts.ts";
import { formatProblems, parseSpec } from "./index.ts";
import { examples } from "./testing/specs.ts";

const numRuns = isLong ? 5000 : 300;

/** One change to a text, at a place that a number chooses. */
type Edit = {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly other: number;
  readonly text: string;
};
const kinds = ["delete", "duplicate", "rename", "retype", "swap", "bytes", "truncate", "line", "indent"] as const;

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.nat(),
  other: fc.nat(),
  text: fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(
      "null",
      "~",
      "[]",
      "{}",
      "1e400",
      "-1",
      "0x1F",
      "*a",
      "&a",
      "<<",
      "__proto__",
      "constructor",
      "toString",
      "${",
      "${site.name}",
      "!!set",
      "\u0000",
      "\ufeff",
      "\r\n",
      "---",
      "%YAML 1.1",
      "- ",
      ": ",
      "300ms",
      "5%",
      ".inf",
    ),
  ),
});

function apply(text: string, { kind, at, other, text: piece }: Edit): string {
  const lines = text.split("\n");
  const line = at % lines.length;
  switch (kind) {
    case "bytes":
      return text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + (other % 4));
    case "truncate":
      return text.slice(0, at % (text.length + 1));
    case "line":
      return [...lines.slice(0, line), lines[other % lines.length], ...lines.slice(line + (other % 2))].join("\n");
    case "indent":
      return lines.map((l, i) => (i === line ? " ".repeat(other % 5) + l.trimStart() : l)).join("\n");
    default:
      return inDocument(text, kind, at, other, piece);
  }
}

/** Changes a key or a value as a whole, so that the text stays YAML. */
function inDocument(text: string, kind: Edit["kind"], at: number, other: number, piece: string): string {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const pairs: Pair[] = [];
  const maps: { items: unknown[] }[] = [];
  visit(document, (_key, node) => {
    if (isMap(node) || isSeq(node)) maps.push(node);
    if (isPair(node)) pairs.push(node);
  });
  const pair = pairs[at % Math.max(1, pairs.length)];
  const another = pairs[other % Math.max(1, pairs.length)];
  const map = maps[at % Math.max(1, maps.length)];
  if (pair === undefined || another === undefined || map === undefined) return text + piece;
  if (kind === "delete" && map.items.length > 0) map.items.splice(other % map.items.length, 1);
  else if (kind === "duplicate") map.items.push(isMap(map) ? another.clone() : new Scalar(piece));
  else if (kind === "rename")
    pair.key = new Scalar(isScalar(pair.key) && other % 2 === 0 ? `${String(pair.key.value)}x` : piece);
  else if (kind === "retype")
    pair.value = document.createNode([piece, [piece], { [piece]: 1 }, other, null, true, -1.5][other % 7]);
  else if (isScalar(pair.value) && isScalar(another.value)) [pair.value, another.value] = [another.value, pair.value];
  try {
    return document.toString();
  } catch (_e) {
    // Not every change can be written: an alias may have lost its anchor.
    return text;
  }
}

test("a changed spec gives located problems or a sound App, never an exception", () => {
  const seen = { sound: 0, wrong: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(undefined, undefined, undefined, "staging", "dev", "nowhere"),
      (base, edits, environment) => {
        const text = edits.reduce(apply, base);
        const result = parseSpec(text, { file: "trimaran.yaml", environment });
        const problems = result.ok ? result.warnings : [...result.problems, ...result.warnings];
        const lines = text.split("\n");
        for (const problem of problems) {
          assert.ok(problem.line >= 1 && problem.line <= lines.length, JSON.stringify(problem));
          assert.ok(
            problem.column >= 1 && problem.column <= lines[problem.line - 1]!.length + 1,
            JSON.stringify(problem),
          );
          assert.ok(
            problem.length >= 1 && problem.message.trim() !== "" && problem.hint.trim() !== "",
            JSON.stringify(problem),
          );
        }
        assert.equal(typeof formatProblems(problems, text), "string");
        if (result.ok) assertSound(result.app);
        else assert.ok(result.problems.length > 0);
        seen[result.ok ? "sound" : "wrong"]++;
      },
    ),
    { seed: 20, numRuns },
  );
  // Both ways are walked, else the changes are too weak or too strong.
  assert.ok(seen.sound > numRuns / 50 && seen.wrong > numRuns / 4, JSON.stringify(seen));
});

test("any text at all gives problems", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 200 }), fc.json()),
      (text) => {
        const result = parseSpec(text, { file: "trimaran.yaml" });
        assert.ok(!result.ok && result.problems.length > 0 && result.problems[0]!.line >= 1);
      },
    ),
    { seed: 20, numRuns },
  );
});

function assertSound(app: App): void {
  // Plain data and nothing else: no NaN, no undefined, no class.
  assert.deepEqual(JSON.parse(canonicalJson(app)), app);
  const names = app.sites.map((site) => site.name);
  assert.ok(app.sites.some((site) => site.role === "active" && site.weight > 0));
  assert.ok(app.sites.every((site) => site.role === "active" || site.weight === 0));
  assert.ok(names.includes(app.recovery.primary));
  assert.ok(app.recovery.backups.at.every((site) => names.includes(site)));
  assert.ok(app.resources.every(({ home }) => home === "each-site" || names.includes(home.site)));
  for (const value of [
    app.service.memoryBytes,
    app.service.timeoutMs,
    app.traffic.failover.intervalMs,
    app.recovery.rtoMs,
  ]) {
    assert.ok(Number.isSafeInteger(value) && value > 0);
  }
  assert.ok(app.service.scale.min <= app.service.scale.max);
  assert.ok(app.checks.every((check) => check.path.startsWith("/")));
  for (const part of Object.values(app.service.env).flat()) {
    if (typeof part !== "string" && part.from === "resource") {
      assert.ok(app.resources.some((resource) => resource.name === part.resource));
    }
  }
}
