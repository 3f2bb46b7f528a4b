import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { TrimaranError } from "@trimaran/contract";
import { draftSpec } from "@trimaran/spec";
import type { Run } from "../command.ts";

/** Only the files that say what an app is; their text is small. */
const MAX_BYTES = 256 * 1024;

export const run: Run = async (input, io) => {
  const folder = resolve(io.cwd, input.positionals[0] ?? ".");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new TrimaranError("not_found", "there is no such folder", { hint: "trimaran init path/to/app" });
  }
  const target = join(folder, "trimaran.yaml");
  const isPrint = input.flag("print");
  if (!isPrint && existsSync(target) && !input.flag("force")) {
    throw new TrimaranError("already_exists", "there is a trimaran.yaml already; it was not touched", {
      hint: "trimaran init --force     or     trimaran init --print",
    });
  }
  const { text, notes } = draftSpec(readTexts(folder), basename(folder));
  if (!isPrint) writeFileSync(target, text);
  const file = relative(io.cwd, target) || target;
  if (input.flag("json")) {
    io.out(`${JSON.stringify({ file, written: !isPrint, notes, text })}\n`);
  } else if (isPrint) {
    io.out(text);
  } else {
    io.out(`wrote ${file}\n${notes.map((n) => `  ${n}\n`).join("")}next: trimaran validate, then trimaran up\n`);
  }
  return 0;
};

function readTexts(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (f) => f.isFile() && statSync(join(folder, f.name)).size <= MAX_BYTES,
  );
  return new Map(files.map((f) => [f.name, readFileSync(join(folder, f.name), "utf8")]));
}
