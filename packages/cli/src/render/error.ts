import { codeOf, type ErrorReport, isTrimaranError } from "@trimaran/contract";
import { paint } from "./paint.ts";

/** The one form of an error on a terminal: code, sentence, way out. With `verbose` the chain of causes. */
export function renderError(e: unknown, options: { readonly verbose: boolean; readonly hasColor: boolean }): string {
  const { error } = errorReport(e);
  const lines = [`${paint(`error[${error.code}]`, ["red", "bold"], options.hasColor)}: ${error.message}`];
  if (error.hint !== undefined)
    lines.push(`  ${paint("hint", ["cyan"], options.hasColor)}: ${error.hint.replaceAll("\n", "\n        ")}`);
  if (options.verbose) lines.push(...causes(e));
  else if (error.code === "unknown" || error.code === "internal")
    lines.push("  run it again with --verbose to see the cause");
  return `${lines.join("\n")}\n`;
}

export function errorReport(e: unknown): ErrorReport {
  const code = codeOf(e);
  const message = isTrimaranError(e)
    ? e.message
    : code === "canceled"
      ? "stopped on request"
      : "something failed that has no name yet";
  const hint = isTrimaranError(e) ? e.hint : undefined;
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

function causes(e: unknown): string[] {
  const lines: string[] = [];
  for (let cause = isTrimaranError(e) ? (e as Error).cause : e; cause !== undefined; ) {
    lines.push(`  cause: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}
