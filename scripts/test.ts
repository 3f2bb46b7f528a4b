/**
 * Runs the tests and ends with one line, `N passed, N failed[, N skipped]`.
 *   node scripts/test.ts [part of a path ...]
 * TRIMARAN_TEST_LONG=1 runs all seeds and sizes; REQUIRE=name,... turns the skips of those parts into failures (see test/parts.ts).
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const wanted = process.argv.slice(2);
const files = globSync(
  ["packages/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts", "examples/*/test/**/*.test.ts"],
  {
    exclude: (name) => name.includes("node_modules") || name.includes(".trimaran") || name.includes("/build"),
  },
)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
// End-to-end tests start whole clouds: they run one at a time, after the others.
const isHeavy = (file: string) => file.startsWith("test/e2e/");

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [group, concurrency] of [
  [files.filter((f) => !isHeavy(f)), availableParallelism()],
  [files.filter(isHeavy), 1],
] as const) {
  if (group.length > 0) await runGroup(group, concurrency);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runGroup(group: readonly string[], concurrency: number): Promise<void> {
  const stream = run({ files: [...group], concurrency, timeout: 600_000 });
  const isFile = (name: string) => group.some((file) => name === file || name.endsWith(`/${file}`));
  stream.on("test:pass", (t) => {
    if (t.details.type === "suite" || isFile(t.name)) return;
    if (t.skip !== undefined) skipped++;
    else passed++;
  });
  stream.on("test:fail", (t) => {
    if (t.details.type !== "suite") failed++;
  });
  const report = stream.compose(spec());
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve, reject) => {
    report.on("end", resolve);
    report.on("error", reject);
  });
}
