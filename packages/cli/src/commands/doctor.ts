import { codes } from "@trimaran/contract";
import type { Run } from "../command.ts";
import { examine, type Finding } from "../doctor/examine.ts";
import { paint } from "../render/paint.ts";
import { renderTable } from "../render/table.ts";

export const run: Run = async (input, io) => {
  const findings = await examine(io.env);
  const isEnough = findings.every((f) => f.found || !f.required);
  if (input.flag("json")) io.out(`${JSON.stringify({ ready: isEnough, parts: findings })}\n`);
  else io.out(render(findings, io.hasColor));
  return isEnough ? 0 : codes.tool_missing.exit;
};

function render(findings: readonly Finding[], hasColor: boolean): string {
  const mark = (f: Finding) =>
    f.found
      ? paint("yes", "green", hasColor)
      : f.required
        ? paint("NO", ["red", "bold"], hasColor)
        : paint("no", "yellow", hasColor);
  const table = renderTable(findings, [
    { title: "part", cell: (f) => f.name },
    { title: "here", cell: mark },
    { title: "version", cell: (f) => f.version ?? "" },
    { title: "what it is for", cell: (f) => f.unlocks },
  ]);
  const missing = findings.filter((f) => !f.found && f.hint !== undefined);
  const hints = missing.map((f) => `  ${f.name}: ${f.hint}\n`).join("");
  return missing.length === 0 ? table : `${table}\nTo get what is missing:\n${hints}`;
}
