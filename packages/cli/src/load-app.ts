import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { type App, TrimaranError } from "@trimaran/contract";
import { formatProblems, parseSpec } from "@trimaran/spec";
import type { Io } from "./io.ts";
import type { Place } from "./place.ts";

/** Reads the spec into an App. Throws spec_invalid with every mistake in the message. */
export function loadApp(
  place: Place,
  io: Io,
): { readonly app: App; readonly text: string; readonly warnings: readonly string[] } {
  const text = readFileSync(place.file, "utf8");
  const file = relative(io.cwd, place.file) || place.file;
  const parsed = parseSpec(text, {
    file,
    directory: dirname(place.file),
    ...(place.environment === undefined ? {} : { environment: place.environment }),
  });
  if (!parsed.ok) {
    const count = parsed.problems.length;
    throw new TrimaranError(
      "spec_invalid",
      `the spec has ${count === 1 ? "a mistake" : `${count} mistakes`}\n\n${formatProblems(parsed.problems, text)}`,
      {
        hint: "trimaran validate     (after mending)",
      },
    );
  }
  return {
    app: parsed.app,
    text,
    warnings: parsed.warnings.length === 0 ? [] : [formatProblems(parsed.warnings, text)],
  };
}
