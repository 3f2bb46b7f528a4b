/**
 * Writes the files that are made from code.
 *   node scripts/generate.ts            writes what is stale
 *   node scripts/generate.ts --check    writes nothing, names what is stale, and fails then
 * A generator is one line in the list: the file, and what makes its whole text. The same sources give the same bytes.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { editorSchema } from "../packages/spec/src/reference/json-schema.ts";
import { specReference } from "../packages/spec/src/reference/markdown.ts";
import { capabilitiesPage } from "./generated/capabilities.ts";
import { commandsPage } from "./generated/commands.ts";
import { costPage } from "./generated/cost.ts";
import { errorsPage } from "./generated/errors.ts";

interface Generated {
  /** Relative to the repository. */
  readonly path: string;
  make(): string | Promise<string>;
}

export const generated: readonly Generated[] = [
  { path: "packages/cli/schema.json", make: editorSchema },
  { path: "docs/spec.md", make: specReference },
  { path: "docs/errors.md", make: errorsPage },
  { path: "docs/capabilities.md", make: () => capabilitiesPage() },
  { path: "docs/cli.md", make: commandsPage },
  { path: "docs/cost.md", make: costPage },
];

/** Paths whose text is not what their generator makes now. With `write` they are then up to date. */
export async function stale(
  files: readonly Generated[],
  root: string,
  how: { readonly write: boolean },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path, make } of files) {
    const file = join(root, path);
    const text = await make();
    if (readIfThere(file) === text) continue;
    found.push(path);
    if (!how.write) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return found;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw e;
  }
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const paths = await stale(generated, join(import.meta.dirname, ".."), { write: !isCheck });
  for (const path of paths) console.log(isCheck ? `stale: ${path}` : `written: ${path}`);
  if (isCheck && paths.length > 0) {
    console.log("npm run generate writes them");
    process.exitCode = 1;
  }
}
