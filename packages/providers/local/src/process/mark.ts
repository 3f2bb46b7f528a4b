import { readFileSync } from "node:fs";
import type { Host } from "./host.ts";
import { listProcesses } from "./process-table.ts";

/**
 * Every supervised process carries this variable, and hands it down: it finds what has left its parent and its group (a daemon, a
 * child of a shell that died), and what was started but not yet recorded when the controller was killed.
 */
export const MARK_VARIABLE = "TRIMARAN_SUPERVISED";

/** Processes whose mark is `mark`, or lies below it ("run-1" finds "run-1/aws-1"). Only those that we may read. */
export function findMarked(mark: string): readonly number[] {
  const exact = `${MARK_VARIABLE}=${mark}`;
  return listProcesses()
    .map((row) => row.pid)
    .filter((pid) => readEnvironment(pid).some((entry) => entry === exact || entry.startsWith(`${exact}/`)));
}

function readEnvironment(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch (_goneOrForeign) {
    return [];
  }
}

/** Sends a signal to all that carry the mark. Answers with how many there were. */
export function signalMarked(host: Pick<Host, "kill">, mark: string, signal: NodeJS.Signals): number {
  return findMarked(mark).filter((pid) => {
    try {
      host.kill(pid, signal);
      return true;
    } catch (_ended) {
      // It ended between the look and the signal.
      return false;
    }
  }).length;
}

/** SIGKILL to all that carry the mark; again until there is none, at most five times. Answers with how many there were. */
export function killMarked(host: Pick<Host, "kill">, mark: string): number {
  let killed = 0;
  for (let round = 0; round < 5; round++) {
    const now = signalMarked(host, mark, "SIGKILL");
    if (now === 0) break;
    killed += now;
  }
  return killed;
}
