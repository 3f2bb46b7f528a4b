import { type Problem, printable } from "./problem.ts";

/** Problems for a terminal: place, message, the line with a caret, how to mend it. Plain text without colours, no newline at the end. */
export function formatProblems(problems: readonly Problem[], text: string): string {
  const lines = text.split("\n");
  return problems.map((problem) => formatOne(problem, lines[problem.line - 1] ?? "")).join("\n\n");
}

const widest = 160;

function formatOne(problem: Problem, source: string): string {
  const { file, line, column, severity, code, message, hint, environment } = problem;
  const where = environment === undefined ? "" : ` (in environment ${printable(environment)})`;
  const head = `${printable(file)}:${line}:${column}: ${severity} ${code}: ${message}${where}`;
  const gutter = " ".repeat(String(line).length);
  // A long line is shown from some words before the place.
  const from = column > widest - 40 ? column - 41 : 0;
  const before = printable(source.slice(from, column - 1));
  const excerpt = `${before}${printable(source.slice(column - 1, from + widest))}`.trimEnd();
  // A byte that cannot be shown is one character wide too; astral characters are counted once.
  const carets = "^".repeat(Math.max(1, Math.min(problem.length, widest - [...before].length)));
  return [
    head,
    ` ${line} | ${excerpt}`,
    ` ${gutter} | ${" ".repeat([...before].length)}${carets}`,
    ` ${gutter} = ${hint}`,
  ].join("\n");
}
