import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readProcess } from "@trimaran/all/process-table";

/** `run.json` in the state folder: who runs it, and where its control socket is. It is the lock as well. */
export interface RunFile {
  readonly pid: number;
  /** Of /proc/<pid>/stat: a pid alone may belong to someone else by now. */
  readonly startTime: number;
  readonly startedAt: string;
  readonly socket: string;
}

export function runFilePath(stateFolder: string): string {
  return join(stateFolder, "run.json");
}

export function readRunFile(path: string): RunFile | undefined {
  try {
    const { pid, startTime, startedAt, socket } = JSON.parse(readFileSync(path, "utf8")) as RunFile;
    const isWhole =
      Number.isSafeInteger(pid) &&
      typeof startTime === "number" &&
      typeof startedAt === "string" &&
      typeof socket === "string";
    return isWhole ? { pid, startTime, startedAt, socket } : undefined;
  } catch (_missingOrTorn) {
    return undefined;
  }
}

export function isAlive(run: RunFile): boolean {
  return readProcess(run.pid)?.startTime === run.startTime;
}
