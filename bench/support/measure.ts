import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Wall milliseconds of a command as a whole process; what it prints is thrown away. Throws when it fails. */
export function timeCommand(command: readonly [string, ...string[]], cwd: string): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(command[0], command.slice(1), {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

/**
 * Proportional set size (shared pages counted once, by share) of all that a process started, in MiB: with itself unless it is only the
 * one who measures, and without some branches.
 */
export function pssMiB(
  root: number,
  how: { readonly withRoot: boolean; readonly without?: readonly number[] },
): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const lineage = (pid: number): readonly number[] => {
    const parent = parents.get(pid);
    return parent === undefined || parent <= 1 ? [pid] : [pid, ...lineage(parent)];
  };
  const isCounted = (pid: number) => {
    const line = lineage(pid);
    return line.includes(root) && (how.withRoot || pid !== root) && !how.without?.some((w) => line.includes(w));
  };
  const kib = [...parents.keys()]
    .filter(isCounted)
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
