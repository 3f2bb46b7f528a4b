import { type Call, unlessAborted } from "@trimaran/contract";

/** For a call with all its attempts, until the answer is there. */
const LIMIT_MS = 30_000;

/**
 * Runs a call of an SDK, also one that takes no signal: ends with the caller's abort, or with a TimeoutError after a time limit. The call
 * itself may run on unheard.
 */
export async function limited<T>(call: Call, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${LIMIT_MS} ms`);
    error.name = "TimeoutError";
    late.abort(error);
  }, LIMIT_MS);
  try {
    const signal = AbortSignal.any([call.signal, late.signal]);
    return await unlessAborted(signal, () => run(signal));
  } finally {
    clearTimeout(timer);
  }
}
