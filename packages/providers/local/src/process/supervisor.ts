import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Host, pause } from "./host.ts";
import { openLog, rotateLog } from "./log-file.ts";
import { findMarked, killMarked, MARK_VARIABLE, signalMarked } from "./mark.ts";
import { forgetProcess, recordProcess } from "./process-records.ts";
import { killTree, signalTree } from "./process-table.ts";

/** What is started. Made anew for each start, so that ports and credentials may have changed. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Handed over on standard input, which is then closed. */
  readonly input?: string;
  /** Take the first line of standard output as the announcement; what follows is dropped. */
  readonly announces?: boolean;
  /** Standard input stays open after `input`, for a child that ends when we do. */
  readonly keepInput?: boolean;
  /** A folder that the child gets as its descriptor 3, whatever its own rights to the path are. */
  readonly openFolder?: string;
}

export interface SupervisedOptions {
  /** Unique in the records folder, and a file name: "aws-1", "aws-postgres". */
  readonly name: string;
  readonly launch: () => Launch | Promise<Launch>;
  readonly logPath: string;
  readonly recordFolder: string;
  /** See MARK_VARIABLE. */
  readonly mark: string;
  readonly host: Host;
  /** Aborted: nothing is started any more. */
  readonly closing?: AbortSignal;
  /** SIGTERM, then after this many milliseconds SIGKILL. */
  readonly graceMs?: number;
  /** PostgreSQL takes SIGINT for what others do on SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  readonly backoff?: Backoff;
  /** Ends what belongs to it and is no process of ours: a container of a daemon. Called with each kill. */
  readonly killMore?: () => Promise<void>;
  readonly onStarted?: (pid: number) => void;
  readonly onAnnounced?: (line: string) => void;
  /** The process is gone, wanted or not; when it was not wanted, `restartInMs` says when it comes back. */
  readonly onExited?: (exit: { readonly why: string; readonly restartInMs: number | null }) => void;
}

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** After this long up and well, the next wait is the first one again. */
  readonly forgivenAfterMs: number;
}
const usual: Backoff = { firstMs: 250, mostMs: 30_000, forgivenAfterMs: 10_000 };

const ROTATION_CHECK_MS = 2_000;

export interface Supervised {
  readonly name: string;
  readonly logPath: string;
  /** null while nothing runs. */
  pid(): number | null;
  /** How often it was started again after it had ended by itself. */
  restarts(): number;
  /** Starts it and keeps it running. Rejects only when the launch cannot be made. */
  start(): Promise<void>;
  /** SIGTERM, grace, SIGKILL; not started again. Resolves when all of it is gone. */
  stop(): Promise<void>;
  /** SIGKILL to all of it at once; stays dead until `start`. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT to all of it. */
  freeze(): void;
  thaw(): void;
}

/** Keeps one process running in a group of its own, with a log, a record and back-off. */
export function supervise(options: SupervisedOptions): Supervised {
  const { name, host, logPath, recordFolder } = options;
  const backoff = options.backoff ?? usual;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isWanted = false;
  let isFrozen = false;
  let restarts = 0;
  let waitMs = backoff.firstMs;
  let restarting: AbortController | undefined;
  let generation = 0;
  /** While it is stopped in good order: when that ends. */
  let stopBy: number | undefined;

  async function launch(): Promise<void> {
    const mine = ++generation;
    const what = await options.launch();
    if (!isWanted || mine !== generation || options.closing?.aborted) return;
    const log = openLog(logPath);
    const opened = what.openFolder === undefined ? [] : [openSync(what.openFolder, "r")];
    const startedAt = host.now();
    const stdin = what.input === undefined ? "ignore" : "pipe";
    const started = spawn(what.command, [...what.args], {
      cwd: what.cwd,
      env: { ...what.env, [MARK_VARIABLE]: options.mark },
      detached: true,
      stdio: [stdin, what.announces === true ? "pipe" : log, log, ...opened],
      ...(what.uid === undefined ? {} : { uid: what.uid }),
      ...(what.gid === undefined ? {} : { gid: what.gid }),
    });
    for (const descriptor of [log, ...opened]) closeSync(descriptor);
    const rotation = setInterval(() => rotateLog(logPath), ROTATION_CHECK_MS);
    rotation.unref();
    child = started;
    ended = new Promise((resolve) => {
      let isOver = false;
      const over = async (why: string) => {
        if (isOver) return;
        isOver = true;
        clearInterval(rotation);
        // A shell or `npm start` may be gone before what it started has finished its own orderly stop.
        while (stopBy !== undefined && host.now() < stopBy && findMarked(options.mark).length > 0) await pause(25);
        killMarked(host, options.mark);
        child = undefined;
        isFrozen = false;
        forgetProcess(recordFolder, name);
        if (host.now() - startedAt >= backoff.forgivenAfterMs) waitMs = backoff.firstMs;
        const restartInMs = isWanted ? waitMs : null;
        if (restartInMs !== null) scheduleRestart(restartInMs);
        options.onExited?.({ why, restartInMs });
        resolve();
      };
      started.once(
        "error",
        (e: NodeJS.ErrnoException) =>
          void over(e.code === "ENOENT" ? "the program is not there" : `not started (${e.code})`),
      );
      started.once("exit", (code, signal) => void over(signal === null ? `exit ${code}` : `ended by ${signal}`));
    });
    if (started.pid === undefined) return;
    recordProcess(recordFolder, name, started.pid);
    // A child that dies before it has read its input closes the pipe: its exit tells more than EPIPE.
    started.stdin?.on("error", () => {});
    if (what.keepInput === true) started.stdin?.write(what.input ?? "");
    else started.stdin?.end(what.input);
    if (started.stdout !== null) readAnnouncement(started.stdout, options.onAnnounced);
    options.onStarted?.(started.pid);
  }

  function scheduleRestart(inMs: number): void {
    waitMs = Math.min(waitMs * 2, backoff.mostMs);
    const cancel = new AbortController();
    restarting = cancel;
    void pause(inMs, cancel.signal)
      .then(async () => {
        if (!isWanted || cancel.signal.aborted) return;
        restarts++;
        await launch();
      })
      .catch((e: unknown) => {
        const restartInMs = isWanted ? waitMs : null;
        if (restartInMs !== null) scheduleRestart(restartInMs);
        options.onExited?.({ why: e instanceof Error ? e.message : "not started", restartInMs });
      });
  }

  async function end(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    isWanted = false;
    stopBy = signal === "SIGKILL" ? undefined : host.now() + graceMs;
    restarting?.abort();
    const pid = child?.pid;
    if (pid === undefined) return ended;
    if (signal === "SIGKILL") {
      killTree(host, pid);
      killMarked(host, options.mark);
      await options.killMore?.();
    } else {
      if (isFrozen) {
        signalTree(host, pid, "SIGCONT");
        signalMarked(host, options.mark, "SIGCONT");
      }
      sendSignal(host, pid, signal);
      const late = new AbortController();
      await Promise.race([ended, pause(graceMs, late.signal)]);
      late.abort();
      if (child?.pid === pid) killTree(host, pid);
    }
    await ended;
  }

  return {
    name,
    logPath,
    pid: () => child?.pid ?? null,
    restarts: () => restarts,
    start: async () => {
      if (isWanted) return;
      isWanted = true;
      await ended;
      stopBy = undefined;
      waitMs = backoff.firstMs;
      await launch();
    },
    stop: () => end(options.stopSignal ?? "SIGTERM", options.graceMs ?? 10_000),
    kill: () => end("SIGKILL", 0),
    freeze: () => {
      if (child?.pid === undefined) return;
      isFrozen = true;
      signalTree(host, child.pid, "SIGSTOP");
      signalMarked(host, options.mark, "SIGSTOP");
    },
    thaw: () => {
      if (child?.pid === undefined) return;
      isFrozen = false;
      signalTree(host, child.pid, "SIGCONT");
      signalMarked(host, options.mark, "SIGCONT");
    },
  };
}

/** To the whole group: `npm start` and shells do not hand signals on. */
function sendSignal(host: Host, leader: number, signal: NodeJS.Signals): void {
  try {
    host.kill(signal === "SIGTERM" ? -leader : leader, signal);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== "ESRCH") throw e;
  }
}

function readAnnouncement(stdout: NodeJS.ReadableStream, onAnnounced: ((line: string) => void) | undefined): void {
  const lines = createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY });
  let isFirst = true;
  lines.on("line", (line) => {
    if (isFirst) onAnnounced?.(line);
    isFirst = false;
  });
}
