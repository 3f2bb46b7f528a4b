import { setTimeout as sleep } from "node:timers/promises";
import {
  type Classify,
  codeOf,
  codes,
  type ErrorCode,
  type ErrorSite,
  isTrimaranError,
  TrimaranError,
} from "@trimaran/contract";

/** What every call of a port takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call with its repetitions; 10,000 when left out. For a body it counts from chunk to chunk; 60,000 then. */
  readonly timeoutMs?: number;
}

/** What a port is made with, beside its driver. */
export interface PortContext {
  /** The resource's name, for errors. */
  readonly resource: string;
  /** The site where its data lives, for errors. */
  readonly home?: string;
  readonly classify: Classify;
  readonly now: () => number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

export const defaultTimeoutMs = 10_000;
/** A service that is slow but alive takes or gives a chunk within this time. */
const chunkTimeoutMs = 60_000;
const tries = 5;
const firstDelayMs = 50;
const longestDelayMs = 2_000;

/**
 * When a call may be made again after an error.
 * `always`: reads, and writes that end in the same state however often they are made.
 * `refused`: only where the service said that it did not begin (a limit was reached); for conditional writes and new versions,
 * where an attempt whose answer was lost may have been the one that counted.
 */
export type Repeat = "always" | "refused" | "never";

/** The clock of one call. It runs while the service is asked, and stands still while a body waits for the app. */
export interface Limit {
  /** For the driver. */
  readonly signal: AbortSignal;
  pause(): void;
  /** Runs anew; between two chunks of a body for a minute where the caller named no limit. */
  resume(between?: "chunks"): void;
  end(): void;
  /** Settles like `work`, or at the limit, also when `work` ignores its signal. */
  within<T>(work: Promise<T>): Promise<T>;
}

export function limit(options: CallOptions, what: string, context: PortContext, defaultMs = defaultTimeoutMs): Limit {
  const limitMs = options.timeoutMs ?? defaultMs;
  if (!(limitMs > 0)) throw new TrimaranError("invalid_argument", "timeoutMs is a number of milliseconds above 0");
  const stop = new AbortController();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // It is only looked at while somebody waits in `within`.
  const abort = (error: TrimaranError) => {
    stop.abort(error);
    stopped.reject(error);
  };
  const canceled = () => abort(new TrimaranError("canceled", `${what}: stopped`, { cause: options.signal?.reason }));
  let timer: NodeJS.Timeout | undefined;
  const pause = () => clearTimeout(timer);
  const resume = (between?: "chunks") => {
    clearTimeout(timer);
    const ms = between === "chunks" ? (options.timeoutMs ?? chunkTimeoutMs) : limitMs;
    // A timer holds at most 31 bits; longer is no limit.
    if (ms > 2 ** 31 - 1) return;
    timer = setTimeout(() => {
      const hint = "{ timeoutMs } sets the limit";
      abort(new TrimaranError("timeout", `${what}: no answer within ${ms} ms`, { hint, at: siteOf(context) }));
    }, ms);
  };
  resume();
  if (options.signal?.aborted) canceled();
  options.signal?.addEventListener("abort", canceled, { once: true });
  return {
    signal: stop.signal,
    pause,
    resume,
    end() {
      pause();
      options.signal?.removeEventListener("abort", canceled);
    },
    async within(work) {
      work.catch(() => {}); // It may still fail after the limit; nobody waits for it then.
      return Promise.race([stopped.promise, work]);
    },
  };
}

/** The one place where calls are made again: at most `most` times, with exponential delays and full jitter, within the limit. */
export async function repeated<T>(
  repeat: Repeat,
  bound: Limit,
  context: PortContext,
  attempt: () => Promise<T>,
  most = tries,
): Promise<T> {
  for (let i = 1; ; i++) {
    bound.signal.throwIfAborted();
    try {
      return await bound.within(attempt());
    } catch (e) {
      if (bound.signal.aborted) throw bound.signal.reason;
      const code = codeOf(e, context.classify);
      if (i >= most || !mayRepeat(repeat, code)) throw e;
      const delayMs = context.random() * Math.min(longestDelayMs, firstDelayMs * 4 ** Math.min(i - 1, 8));
      await wait(delayMs, bound);
    }
  }
}

export async function wait(ms: number, { signal }: Limit): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

function mayRepeat(repeat: Repeat, code: ErrorCode): boolean {
  if (repeat === "never" || codes[code].retry !== "later") return false;
  return repeat === "always" || code === "quota_exhausted";
}

/** One whole call: limit, repetitions, end. */
export async function call<T>(
  options: CallOptions,
  what: string,
  repeat: Repeat,
  context: PortContext,
  attempt: (call: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const bound = limit(options, what, context);
  try {
    return await repeated(repeat, bound, context, () => attempt({ signal: bound.signal }));
  } finally {
    bound.end();
  }
}

/** Ours as it is; any other error under the code that the driver's `classify` gives it. */
export function named(e: unknown, what: string, context: PortContext, otherwise?: ErrorCode): TrimaranError {
  if (isTrimaranError(e)) return e;
  const code = codeOf(e, context.classify);
  const at = siteOf(context);
  return new TrimaranError(code === "unknown" ? (otherwise ?? code) : code, what, { cause: e, at });
}

/** What an error says of where it happened: the resource and its home. */
export function siteOf({ resource, home }: PortContext): ErrorSite {
  return { resource, ...(home === undefined ? {} : { home }) };
}
