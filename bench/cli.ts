/** Start of the published (bundled) command line, beside Node doing nothing and other command lines that are installed. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { findProgram } from "../test/parts.ts";
import { markdownTable, median, timeCommand } from "./support/measure.ts";

const RUNS = 15;
const root = resolve(import.meta.dirname, "..");
const launcher = join(root, "dist/trimaran/bin/trimaran.js");
if (!existsSync(launcher)) execFileSync("npm", ["run", "build"], { cwd: root, stdio: "ignore" });
const cwd = join(root, "examples/medassistant");

const commands: (readonly [string, readonly [string, ...string[]]])[] = [
  ["node -e 0", [process.execPath, "-e", "0"]],
  ["trimaran --version", [process.execPath, launcher, "--version"]],
  ["trimaran validate", [process.execPath, launcher, "validate"]],
];
for (const [name, args] of [
  ["terraform", ["version"]],
  ["aws", ["--version"]],
] as const) {
  const program = findProgram(name);
  if (program !== undefined) commands.push([`${name} ${args.join(" ")}`, [program, ...args]]);
}

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
