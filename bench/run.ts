/**
 * `npm run bench [name ...]`: runs the benchmarks one after another and prints each as a table with its ratio to something else.
 * Programs that a peer needs and that are missing are named, and that benchmark is left out.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { basename, join } from "node:path";

const wanted = process.argv.slice(2);
const files = globSync("*.ts", { cwd: import.meta.dirname })
  .filter((file) => file !== basename(import.meta.filename))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .sort();

console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores of ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
);
let failed = 0;
for (const file of files) {
  console.log(`## ${basename(file, ".ts")}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file)], { stdio: "inherit" });
  if (status !== 0) failed++;
  console.log("");
}
process.exitCode = failed === 0 ? 0 : 1;
