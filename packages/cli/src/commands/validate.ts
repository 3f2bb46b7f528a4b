import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { providers } from "@trimaran/all/providers";
import { codes } from "@trimaran/contract";
import { checkSupport } from "@trimaran/controller/support";
import { formatProblems, parseSpec } from "@trimaran/spec";
import type { Run } from "../command.ts";
import { findPlace } from "../place.ts";
import { paint } from "../render/paint.ts";

export const run: Run = async (input, io) => {
  const place = findPlace(input, io);
  const text = readFileSync(place.file, "utf8");
  const file = relative(io.cwd, place.file) || place.file;
  const parsed = parseSpec(text, {
    file,
    directory: dirname(place.file),
    ...(place.environment === undefined ? {} : { environment: place.environment }),
  });
  const problems = parsed.ok ? [] : parsed.problems;
  // What the spec asks of a cloud that cannot give it is an error of its own: the file is well formed. Throws unsupported.
  const support = parsed.ok ? checkSupport(parsed.app, providers) : [];
  if (input.flag("json")) {
    io.out(
      `${JSON.stringify({ valid: parsed.ok, file, environment: place.environment ?? "default", problems, warnings: parsed.warnings })}\n`,
    );
    return parsed.ok ? 0 : codes.spec_invalid.exit;
  }
  if (parsed.warnings.length > 0) io.err(`${formatProblems(parsed.warnings, text)}\n`);
  if (!parsed.ok) {
    io.err(`${formatProblems(problems, text)}\n`);
    io.err(`${problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`} in ${file}\n`);
    return codes.spec_invalid.exit;
  }
  const { app } = parsed;
  for (const warning of support) io.err(`warning: ${warning.says}\n`);
  const sites = app.sites.map(
    (s) => `${s.name} (${s.cloud} ${s.region}${s.role === "standby" ? ", standby" : `, weight ${s.weight}`})`,
  );
  io.out(`${paint("valid", "green", io.hasColor)}: ${app.name} at ${sites.join(", ")}\n`);
  return 0;
};
