/** What a command may touch of the process; tests hand in their own. */
export interface Io {
  /** Text to standard output, as it is. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
  readonly now: () => number;
  /** For the few commands that ask the internet; Node's own where none is handed in. */
  readonly fetch?: typeof fetch;
}

/** The real one. */
export function processIo(): Io {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // A reader that goes away (`trimaran logs | head`) is a normal end.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => process.exit(e.code === "EPIPE" ? 0 : 1));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    hasColor: process.stdout.isTTY === true && process.stdout.hasColors(),
    columns: () => process.stdout.columns ?? 120,
    rows: () => process.stdout.rows ?? 40,
    cwd: process.cwd(),
    env: process.env,
    interrupted: controller.signal,
    now: () => Date.now(),
  };
}
