/**
 * Parts of a machine that a test may need and that no `npm ci` brings. A missing part skips the test by name;
 * where REQUIRE names the part (or is "all"), its absence is a failure, so that CI cannot be green by skipping.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const required = (process.env["REQUIRE"] ?? "").split(",");

/** Whole-length runs: all seeds and full sizes. */
export const isLong = process.env["TRIMARAN_TEST_LONG"] === "1";

/** `{ skip }` options for a test that needs these programs on PATH. Throws where REQUIRE forbids the skip. */
export function needs(...programs: readonly string[]): { skip: string | false } {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  return absence(missing.map((name) => [name, `${name} is not installed`] as const));
}

/** The same for a folder or file that an environment variable or a package should lead to. */
export function needsPath(part: string, path: string | undefined): { skip: string | false } {
  return absence(path !== undefined && existsSync(path) ? [] : [[part, `${part} is not here`] as const]);
}

function absence(missing: readonly (readonly [string, string])[]): { skip: string | false } {
  if (missing.length === 0) return { skip: false };
  const forbidden = missing.filter(([part]) => required.includes(part) || required.includes("all"));
  if (forbidden.length > 0) throw new Error(`REQUIRE forbids this skip: ${forbidden.map(([, why]) => why).join(", ")}`);
  return { skip: missing.map(([, why]) => why).join(", ") };
}

/** The absolute path of a program on PATH (Debian's sbin folders included). */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (_e) {
    return false;
  }
}
