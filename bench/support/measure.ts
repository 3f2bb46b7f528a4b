import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Wall milliseconds of a command as a whole process; what it prints is thrown away. Throws when it fails. */
export function timeCommand(command: readonly [string, ...string[]], cwd: string): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(command[0], command.slice(1), { cwd, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

/** Proportional set size (shared pages counted once, by share) of processes and all that they started, in MiB. */
export function pssMiB(roots: readonly number[], without: readonly number[] = []): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isBelow = (pid: number, of: readonly number[]): boolean => {
    for (let p: number | undefined = pid; p !== undefined && p > 1; p = parents.get(p)) if (of.includes(p)) return true;
    return false;
  };
  const kib = [...parents.keys()]
    .filter((pid) => isBelow(pid, roots) && !isBelow(pid, without))
    .reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0), 0);
  return kib / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (_e) {
    return ""; // gone meanwhile
  }
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return line(header) + line(header.map(() => "---")) + rows.map(line).join("");
}
