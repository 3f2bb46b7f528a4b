import { randomBytes } from "node:crypto";
import { arch, homedir, tmpdir } from "node:os";
import type { Host } from "@trimaran/all";

/** All that the controller takes from the machine. */
export interface Machine extends Host {
  readonly arch: string;
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly temporary: string;
  readonly random: (bytes: number) => Buffer;
  readonly dice: () => number;
}

export function thisMachine(): Machine {
  return {
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    kill: (pid, signal) => void process.kill(pid, signal),
    now: () => Date.now(),
    arch: arch(),
    node: process.execPath,
    env: process.env,
    home: homedir(),
    temporary: tmpdir(),
    random: (bytes) => randomBytes(bytes),
    dice: () => Math.random(),
  };
}
