import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** `ours`: local services; `third party`: somebody else's emulator; `vendor's`: the vendor's emulator; `real`: the thing itself. */
export type Whose = "ours" | "third party's" | "vendor's" | "real";

/** What a driver was proven on. */
export interface Implementation {
  readonly name: string;
  readonly whose: Whose;
}

/** What became of one case. */
export type Cell =
  | "pass"
  /** The driver does not say that it has the feature. */
  | { readonly unsupported: string }
  | { readonly notRun: string };

/** All cases of one driver on one implementation. */
export interface RecordedRun {
  readonly kind: string;
  readonly driver: string;
  readonly on: Implementation;
  readonly cases: Readonly<Record<string, Cell>>;
}

export const resultsFolder = join(import.meta.dirname, "../../results");

/** Every run that is checked in, by kind, driver and implementation. */
export function readResults(folder = resultsFolder): readonly RecordedRun[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => readFile(join(folder, name)))
    .sort((a, b) => compare(keyOf(a), keyOf(b)));
}

/** The runs of one file; none when there is no such file. */
export function readFile(path: string): readonly RecordedRun[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as readonly RecordedRun[];
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw e;
  }
}

export function keyOf(run: Pick<RecordedRun, "kind" | "driver" | "on">): string {
  return `${run.kind} ${run.driver} ${run.on.name}`;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
