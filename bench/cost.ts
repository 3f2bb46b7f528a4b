/** `trimaran cost` of the published (bundled) command line from the shell, beside Node doing nothing in the same run; at most 200 ms. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { markdownTable, median, timeCommand } from "./support/measure.ts";

const RUNS = 15;
const MOST_MS = 200;
const root = resolve(import.meta.dirname, "..");
const launcher = join(root, "dist/trimaran/bin/trimaran.js");
if (!existsSync(launcher)) execFileSync("npm", ["run", "build"], { cwd: root, stdio: "ignore" });
const cwd = join(root, "examples/medassistant");

const commands: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ["node -e 0", [process.execPath, "-e", "0"]],
  ["trimaran cost", [process.execPath, launcher, "cost"]],
  ["trimaran cost --lines", [process.execPath, launcher, "cost", "--lines"]],
  ["trimaran cost --json", [process.execPath, launcher, "cost", "--json"]],
];
const times = new Map(commands.map(([name]) => [name, [] as number[]]));
for (let i = 0; i <= RUNS; i++) {
  for (const [name, command] of commands) {
    const ms = timeCommand(command, cwd);
    if (i > 0) times.get(name)?.push(ms); // the first round warms the caches
  }
}
const bare = median(times.get("node -e 0") ?? []);
process.stdout.write(
  markdownTable(
    ["command", "median ms", "ratio to node -e 0"],
    [...times].map(([name, ms]) => [name, median(ms).toFixed(0), (median(ms) / bare).toFixed(2)]),
  ),
);
const ms = median(times.get("trimaran cost") ?? []);
if (ms > MOST_MS) {
  process.stdout.write(`\ntrimaran cost takes ${ms.toFixed(0)} ms, more than ${MOST_MS}\n`);
  process.exitCode = 1;
}
