import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControllerEvent, StatusReport } from "@trimaran/contract";

export const root = resolve(import.meta.dirname, "../../..");
const launcher = join(root, "packages/cli/bin/trimaran.js");

export interface Finished {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

const endings = new WeakMap<TestContext, (() => Promise<void> | void)[]>();

/** Runs after the test, the last one first: what was started in a folder ends before the folder goes. */
export function atEnd(t: TestContext, work: () => Promise<void> | void): void {
  const known = endings.get(t);
  if (known !== undefined) {
    known.push(work);
    return;
  }
  const works = [work];
  endings.set(t, works);
  t.after(async () => {
    for (const next of works.reverse()) await next();
  });
}

/** A folder of its own, with blanks in its path, that is removed after the test (and kept when KEEP=1). */
export function workFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "trimaran e2e "));
  atEnd(t, () => {
    if (process.env["KEEP"] !== "1") rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  return folder;
}

/** A copy of an example outside the workspace, with the workspace's packages above it as a real installation would have them. */
export function copyExample(t: TestContext, name: string): string {
  const folder = workFolder(t);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const app = join(folder, name);
  cpSync(join(root, "examples", name), app, {
    recursive: true,
    filter: (path) => !/\/(\.trimaran|node_modules)$/.test(path),
  });
  return app;
}

/** Runs `trimaran ...` as a child process to its end. */
export async function trimaran(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = start(cwd, args, env);
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number | null>((done, fail) => child.once("close", done).once("error", fail));
  return { status, out, err };
}

/** The document that a command prints with --json. Fails when its status is not 0. */
export async function trimaranJson<T>(cwd: string, args: readonly string[]): Promise<T> {
  const { status, out, err } = await trimaran(cwd, [...args, "--json"]);
  if (status !== 0) throw new Error(`trimaran ${args.join(" ")} ended with ${status}: ${out}${err}`);
  return JSON.parse(out) as T;
}

export interface Up {
  readonly child: ChildProcess;
  readonly url: string;
  readonly tookMs: number;
  readonly events: readonly ControllerEvent[];
  status(): Promise<StatusReport>;
  /** SIGINT, as Ctrl-C sends it; answers with the exit status. */
  interrupt(): Promise<number | null>;
  /** Waits until the status fits, or fails with the last one. */
  until(what: string, isIt: (status: StatusReport) => boolean, withinMs?: number): Promise<StatusReport>;
}

/** `trimaran up --json` in the foreground, until it says that it is ready. Stopped after the test. */
export async function up(
  t: TestContext,
  cwd: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Up> {
  const child = start(cwd, ["up", "--json", ...args], env);
  const events: ControllerEvent[] = [];
  const closed = new Promise<number | null>((done) => child.once("close", done));
  let err = "";
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  atEnd(t, async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    await closed;
  });
  const ready = await new Promise<Extract<ControllerEvent, { type: "ready" }>>((done, fail) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const event = JSON.parse(line) as ControllerEvent;
      events.push(event);
      if (event.type === "ready") done(event);
    });
    void closed.then((status) =>
      fail(new Error(`up ended with ${status}: ${err}${JSON.stringify(events.slice(-6), null, 1)}`)),
    );
  });
  const status = () =>
    trimaranJson<StatusReport>(cwd, [
      "status",
      ...args.filter((_, i) => args[i] === "--env" || args[i - 1] === "--env"),
    ]);
  return {
    child,
    url: ready.url,
    tookMs: ready.tookMs,
    events,
    status,
    interrupt: () => {
      child.kill("SIGINT");
      return closed;
    },
    until: async (what, isIt, withinMs = 60_000) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const now = await status();
        if (isIt(now)) return now;
        if (Date.now() > deadline) throw new Error(`not in time: ${what}\n${JSON.stringify(now, null, 1)}`);
        await sleep(200);
      }
    },
  };
}

function start(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [env["TRIMARAN_LAUNCHER"] ?? launcher, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function siteOf(status: StatusReport, name: string) {
  const site = status.sites.find((s) => s.name === name);
  if (site === undefined) throw new Error(`no site ${name}`);
  return site;
}
