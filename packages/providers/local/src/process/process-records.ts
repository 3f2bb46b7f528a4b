import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./host.ts";
import { killTree, readProcess } from "./process-table.ts";

/** Written beside each process that runs, so that whoever comes after a SIGKILL finds exactly these processes and no others. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number;
  readonly command: string;
}

/** Remembers a running process. The file is in place before anyone else can see half of it. */
export function recordProcess(folder: string, name: string, pid: number): void {
  const row = readProcess(pid);
  if (row === undefined) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const record: ProcessRecord = { name, pid, startTime: row.startTime, command: row.command };
  const path = join(folder, `${name}.json`);
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function forgetProcess(folder: string, name: string): void {
  rmSync(join(folder, `${name}.json`), { force: true });
}

/** Is this still the process that was recorded? The name may change by exec, so pid and start time decide. */
export function isSameProcess(record: ProcessRecord): boolean {
  return readProcess(record.pid)?.startTime === record.startTime;
}

/** Kills what an earlier controller left behind, whole trees, and forgets the records. Answers with the names that were alive. */
export function killOrphans(host: Pick<Host, "kill">, folder: string): readonly string[] {
  const killed: string[] = [];
  for (const file of listRecordFiles(folder)) {
    const record = readRecord(join(folder, file));
    if (record !== undefined && isSameProcess(record)) {
      killTree(host, record.pid);
      killed.push(record.name);
    }
    rmSync(join(folder, file), { force: true });
  }
  return killed;
}

function listRecordFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw e;
  }
}

function readRecord(path: string): ProcessRecord | undefined {
  try {
    const read = JSON.parse(readFileSync(path, "utf8")) as Partial<ProcessRecord>;
    const { name, pid, startTime, command } = read;
    if (typeof name !== "string" || typeof command !== "string") return undefined;
    return Number.isSafeInteger(pid) && Number.isSafeInteger(startTime)
      ? { name, pid: pid as number, startTime: startTime as number, command }
      : undefined;
  } catch (_torn) {
    // A record that was never finished names no process.
    return undefined;
  }
}
