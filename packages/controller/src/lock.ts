import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readProcess } from "@trimaran/all/process-table";
import { TrimaranError } from "@trimaran/contract";
import type { Machine } from "./host.ts";
import { isAlive, type RunFile, readRunFile, runFilePath } from "./run-file.ts";

export interface Lock {
  release(): void;
}

/**
 * Takes the state folder for this process. The file appears whole, by link(2), or not at all; one that a dead process left is moved
 * away first. Throws lease_held when another process runs it.
 */
export function takeLock(stateFolder: string, socket: string, machine: Machine): Lock {
  const path = runFilePath(stateFolder);
  const run: RunFile = {
    pid: machine.pid,
    startTime: readProcess(machine.pid)?.startTime ?? 0,
    startedAt: new Date(machine.now()).toISOString(),
    socket,
  };
  const draft = `${path}.${machine.pid}`;
  writeFileSync(draft, JSON.stringify(run), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 10; tries++) {
      if (tryLink(draft, path)) return { release: () => rmSync(path, { force: true }) };
      const holder = readRunFile(path);
      if (holder !== undefined && isAlive(holder)) throw held(holder);
      moveAside(path, `${draft}.stale`);
    }
    throw new TrimaranError("lease_held", "others take the state folder again and again", { hint: "trimaran status" });
  } finally {
    rmSync(draft, { force: true });
  }
}

function held(holder: RunFile): TrimaranError {
  return new TrimaranError("lease_held", `it is already run by process ${holder.pid} since ${holder.startedAt}`, {
    hint: "trimaran status     or     trimaran down",
  });
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw e;
  }
}

/** Another process may have taken over between our look and this: then its file is put back. */
function moveAside(path: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return;
    throw e;
  }
  const moved = readRunFile(aside);
  if (moved !== undefined && isAlive(moved)) writeFileSync(path, readFileSync(aside), { mode: 0o600, flag: "wx" });
  rmSync(aside, { force: true });
}
