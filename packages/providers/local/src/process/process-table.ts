import { readdirSync, readFileSync } from "node:fs";
import type { Host } from "./host.ts";

/** One row of /proc; see proc_pid_stat(5). */
export interface ProcessRow {
  readonly pid: number;
  /** The kernel's short name of the program, at most 15 bytes. */
  readonly command: string;
  /** R, S, D, T (stopped), Z (zombie), ... */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks after boot: with the pid it names one process for good, since pids are used again and start times are not. */
  readonly startTime: number;
}

/** The process with this pid, or undefined when there is none (a zombie counts as none). */
export function readProcess(pid: number): ProcessRow | undefined {
  try {
    const row = parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return row === undefined || row.state === "Z" || row.state === "X" ? undefined : row;
  } catch (_gone) {
    return undefined;
  }
}

/** The name stands in parentheses and may itself hold blanks and parentheses: what counts is the last one. */
export function parseStat(text: string): ProcessRow | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const rest = text.slice(close + 2).split(" ");
  const [state, parent, group] = rest;
  // starttime is field 22; `rest` begins with field 3.
  const startTime = rest[19];
  if (state === undefined || parent === undefined || group === undefined || startTime === undefined) return undefined;
  return {
    pid: Number(text.slice(0, open)),
    command: text.slice(open + 1, close),
    state,
    parent: Number(parent),
    group: Number(group),
    startTime: Number(startTime),
  };
}

export function listProcesses(): readonly ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((row) => row !== undefined);
}

/**
 * A supervised process with all that belongs to it: its process group, its descendants, and their groups. PostgreSQL puts each
 * backend into a group of its own, so that the group alone would not do.
 */
export function treeOf(leader: number, rows: readonly ProcessRow[] = listProcesses()): readonly number[] {
  const members = new Set<number>();
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const row of rows) {
      if (row.pid === leader || row.group === leader || members.has(row.parent)) members.add(row.pid);
    }
  }
  return [...members];
}

/** Sends a signal to the whole tree, the leader first. Answers with how many processes there were. */
export function signalTree(host: Pick<Host, "kill">, leader: number, signal: NodeJS.Signals): number {
  const members = treeOf(leader);
  const ordered = [...members].sort((a, b) => Number(b === leader) - Number(a === leader));
  return ordered.filter((pid) => trySignal(host, pid, signal)).length;
}

/** SIGKILL to the whole tree, again until nothing is left of what was seen (a fork may slip in between). */
export function killTree(host: Pick<Host, "kill">, leader: number): void {
  const seen = new Set<number>();
  for (let round = 0; round < 5; round++) {
    const rows = listProcesses();
    const members = new Set([...treeOf(leader, rows), ...[...seen].flatMap((pid) => treeOf(pid, rows))]);
    const fresh = [...members].filter((pid) => !seen.has(pid));
    if (fresh.length === 0) return;
    for (const pid of fresh) {
      seen.add(pid);
      trySignal(host, pid, "SIGKILL");
    }
  }
}

function trySignal(host: Pick<Host, "kill">, pid: number, signal: NodeJS.Signals): boolean {
  try {
    host.kill(pid, signal);
    return true;
  } catch (e) {
    // It ended in the meantime: what the signal was for is done.
    if ((e as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw e;
  }
}
