import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { StatusReport } from "@trimaran/contract";
import { connectControl } from "@trimaran/controller/client";

const launcher = resolve(import.meta.dirname, "../../packages/cli/bin/trimaran.js");

export interface RunningUp {
  /** From the start of the process to the event `ready`. */
  readonly ms: number;
  readonly pid: number;
  /** Processes of the app itself. */
  readonly instances: readonly number[];
  stop(): Promise<void>;
}

/** `trimaran up --json` in a folder, until it is ready. */
export async function startUp(folder: string): Promise<RunningUp> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [launcher, "up", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise<number | null>((done) => child.once("close", done));
  await new Promise<void>((done, fail) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if ((JSON.parse(line) as { type: string }).type === "ready") done();
    });
    void closed.then((status) => fail(new Error(`up ended with ${status}`)));
  });
  const ms = performance.now() - startedAt;
  const status: StatusReport = await connectControl(join(folder, ".trimaran/default")).status();
  return {
    ms,
    pid: child.pid ?? 0,
    instances: status.sites.flatMap((s) => s.instances.map((i) => i.pid ?? 0)),
    stop: async () => {
      child.kill("SIGINT");
      await closed;
    },
  };
}
