/** What this package needs of the process that it runs in; handed over by the controller, and by tests. */
export interface Host {
  readonly pid: number;
  readonly uid: number;
  /** `process.kill`: a negative pid means the whole group. */
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Resolves after this many milliseconds, or at once when the signal is aborted. Never keeps a process alive for nothing. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
