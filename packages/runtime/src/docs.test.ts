import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "trimaran-docs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const options = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ["node"],
  },
};

test("every TypeScript example in docs/runtime.md compiles", async () => {
  const text = readFileSync(join(root, "docs/runtime.md"), "utf8");
  const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
  assert.ok(examples.length >= 8, `only ${examples.length} examples were found`);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  for (const [i, example] of examples.entries()) writeFileSync(join(folder, `example-${i + 1}.ts`), example);
  const tsc = join(root, "node_modules/.bin/tsc");
  const { stdout } = await promisify(execFile)(tsc, ["-p", folder], { cwd: folder }).catch(
    (e: { stdout: string }) => e,
  );
  assert.equal(stdout, "");
});
