import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** An emulator that somebody else wrote, running for a test. */
export interface Emulator {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts a program in a process group of its own and waits until its port answers HTTP. */
export async function startEmulator(
  port: number,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Emulator> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said.push(chunk.toString());
      if (said.length > 200) said.splice(0, 100);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const kill = () => killGroup(child);
  process.once("exit", kill);
  const end = performance.now() + 60_000;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > end) {
      kill();
      throw new Error(`${program} does not answer at ${url}:\n${said.join("").slice(-2000)}`);
    }
    await sleep(100);
  }
  return {
    port,
    url,
    async stop() {
      process.removeListener("exit", kill);
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.signalCode === null && kill()) await gone;
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

function killGroup(child: ChildProcess): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw e;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return true;
  } catch (e) {
    if (e instanceof TypeError || (e as Error).name === "TimeoutError") return false;
    throw e;
  }
}
