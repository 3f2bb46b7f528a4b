import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseResult } from "../suite.ts";
import {
  type Cell,
  compare,
  type Implementation,
  keyOf,
  type RecordedRun,
  readFile,
  resultsFolder,
} from "./results.ts";

/**
 * Compares what a test file's suites report with what `results/<file>.json` says of them, when the process ends; with
 * TRIMARAN_RECORD=1 writes it instead. To be called once, at the top of the file. Gives what a harness takes as `report`.
 */
export function recordResults(file: string): (on: Implementation) => (result: CaseResult) => void {
  const runs: Run[] = [];
  const failed: string[] = [];
  // Not in an `after`: one that throws keeps the others from stopping what they have started.
  process.once("exit", () => {
    const path = join(resultsFolder, `${file}.json`);
    const now = runs.filter((run) => run.driver !== "");
    if (process.env["TRIMARAN_RECORD"] === "1" && failed.length === 0) {
      writeFileSync(path, `${JSON.stringify(merged(readFile(path), now), null, 2)}\n`);
      return;
    }
    const problems = differences(readFile(path), now, failed);
    if (problems.length === 0) return;
    process.exitCode = 1;
    console.error(`results/${file}.json says otherwise (TRIMARAN_RECORD=1 writes it):\n${problems.join("\n")}`);
  });
  return (on) => {
    const run: Run = { kind: "", driver: "", on, cases: {} };
    runs.push(run);
    return (result) => {
      run.kind = result.kind;
      run.driver ||= result.driver; // A case that the harness skips has none.
      const cell = cellOf(result);
      if (cell === undefined) failed.push(`${result.kind} ${result.driver} ${on.name}: ${result.name}`);
      else run.cases[result.name] = cell;
    };
  };
}

type Run = { kind: string; driver: string; readonly on: Implementation; readonly cases: Record<string, Cell> };

function cellOf(result: CaseResult): Cell | undefined {
  if (result.outcome === "pass") return "pass";
  if (result.outcome === "fail") return undefined;
  return result.feature === undefined ? { notRun: result.reason } : { unsupported: result.feature };
}

/** What ran now takes the place of what was recorded; runs that are not of this process stay. */
export function merged(before: readonly RecordedRun[], now: readonly RecordedRun[]): readonly RecordedRun[] {
  const keys = new Set(now.map(keyOf));
  const sorted = now.map((run) => {
    const cases = Object.fromEntries(Object.entries(run.cases).sort(([a], [b]) => compare(a, b)));
    return { kind: run.kind, driver: run.driver, on: { name: run.on.name, whose: run.on.whose }, cases };
  });
  return [...before.filter((run) => !keys.has(keyOf(run))), ...sorted].sort((a, b) => compare(keyOf(a), keyOf(b)));
}

/** A line for each case that ran now and of which something else is recorded. */
export function differences(
  before: readonly RecordedRun[],
  now: readonly RecordedRun[],
  failed: readonly string[],
): readonly string[] {
  const recorded = new Map(before.map((run) => [keyOf(run), run]));
  const changed = now.flatMap((run) => {
    const known = recorded.get(keyOf(run));
    const isOther = known !== undefined && known.on.whose !== run.on.whose;
    const cases = Object.entries(run.cases)
      .filter(([name, cell]) => JSON.stringify(known?.cases[name]) !== JSON.stringify(cell))
      .map(([name, cell]) => `${keyOf(run)}: ${name}: ${JSON.stringify(cell)}`);
    return isOther ? [`${keyOf(run)}: is ${run.on.whose}`, ...cases] : cases;
  });
  return [...changed, ...failed.map((line) => `${line}: fails`)];
}
