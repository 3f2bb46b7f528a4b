import { readSources } from "./sources.ts";

const SOURCE_LINES = 300;
const TEST_LINES = 500;
/** Files that may be longer, each with its reason. */
const exempt: Readonly<Record<string, string>> = {};

/** A file tells one story: sources have at most 300 lines, tests 500. */
export function sizes(): readonly string[] {
  return readSources()
    .filter(
      ({ path, lines, isTest }) =>
        exempt[path] === undefined && lines.length - 1 > (isTest ? TEST_LINES : SOURCE_LINES),
    )
    .map(({ path, lines }) => `${path}: ${lines.length - 1} lines`);
}
