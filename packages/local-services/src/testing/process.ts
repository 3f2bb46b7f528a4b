import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ErrorReport, LocalCloudAnnouncement, LocalCloudConfig } from "@trimaran/contract";

const ENTRY = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface CloudProcess {
  readonly answer: LocalCloudAnnouncement | ErrorReport;
  readonly pid: number;
  /** What it wrote to standard error so far. */
  stderr(): string;
  /** Sends the signal and waits for the end: exit status and signal. */
  end(signal: NodeJS.Signals): Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** Starts the entry as a process of its own and waits for its first line. */
export async function startProcess(config: LocalCloudConfig | string): Promise<CloudProcess> {
  const child: ChildProcess = spawn(process.execPath, [ENTRY], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin!.end(typeof config === "string" ? config : `${JSON.stringify(config)}\n`);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const line = await lines.next();
  if (line.done === true) throw new Error(`the local cloud ended before it answered: ${stderr}`);
  return {
    answer: JSON.parse(line.value) as LocalCloudAnnouncement | ErrorReport,
    pid: child.pid!,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
