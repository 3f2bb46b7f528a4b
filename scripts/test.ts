/**
 * Runs the tests and ends with one line, `N passed, N failed[, N skipped]`.
 *   node scripts/test.ts [part of a path ...]
 * TRIMARAN_TEST_LONG=1 runs all seeds and sizes and writes docs/test-results.md; REQUIRE=name,... turns the skips of those parts into
 * failures (see test/parts.ts).
 */
import { globSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

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

const startedAt = performance.now();
const byPlace = new Map<string, Counts>();
for (const [group, concurrency] of [
  [files.filter((f) => !isHeavy(f)), availableParallelism()],
  [files.filter(isHeavy), 1],
] as const) {
  if (group.length > 0) await runGroup(group, concurrency);
}
const total = [...byPlace.values()].reduce(
  (sum, c) => ({ passed: sum.passed + c.passed, failed: sum.failed + c.failed, skipped: sum.skipped + c.skipped }),
  { passed: 0, failed: 0, skipped: 0 },
);
if (process.env["TRIMARAN_TEST_LONG"] === "1" && wanted.length === 0)
  writeFileSync("docs/test-results.md", resultsPage());
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function runGroup(group: readonly string[], concurrency: number): Promise<void> {
  const stream = run({ files: [...group], concurrency, timeout: 600_000 });
  const isFile = (name: string) => group.some((file) => name === file || name.endsWith(`/${file}`));
  stream.on("test:pass", (t) => {
    if (t.details.type !== "suite" && !isFile(t.name)) countsOf(t.file)[t.skip === undefined ? "passed" : "skipped"]++;
  });
  stream.on("test:fail", (t) => {
    if (t.details.type !== "suite") countsOf(t.file).failed++;
  });
  const report = stream.compose(spec());
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve, reject) => {
    report.on("end", resolve);
    report.on("error", reject);
  });
}

/** The counts of the package, or of the folder below test/, that a file belongs to. */
function countsOf(file: string | undefined): Counts {
  const parts = relative(process.cwd(), file ?? "").split("/");
  const place =
    parts[1] === "providers"
      ? parts.slice(0, 3).join("/")
      : parts.length > 2
        ? parts.slice(0, 2).join("/")
        : (parts[0] ?? "");
  let counts = byPlace.get(place);
  if (counts === undefined) {
    counts = { passed: 0, failed: 0, skipped: 0 };
    byPlace.set(place, counts);
  }
  return counts;
}

function resultsPage(): string {
  const rows = [...byPlace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, c]) => `| ${place} | ${c.passed} | ${c.failed} | ${c.skipped} |`);
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  return `<!-- Written by \`npm run test:long\`. -->
# The last whole run of the tests

${new Date().toISOString().slice(0, 10)}, ${machine}, ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes. \`REQUIRE=${process.env["REQUIRE"] ?? ""} npm run test:long\`: all seeds, full sizes.

**${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped**

| where | passed | failed | skipped |
|---|--:|--:|--:|
${rows.join("\n")}
`;
}
