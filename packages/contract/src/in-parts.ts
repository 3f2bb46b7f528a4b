import type { Bytes } from "./drivers.ts";

/**
 * A body in parts of exactly `partSize(index)` bytes; only the last may be shorter, and an empty body is one empty part.
 * Holds one part at a time. Stopping early, or an abort, cancels the body; an abort is thrown as `abortErrorOf` says.
 */
export async function* inParts(
  body: Bytes,
  partSize: (index: number) => number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  // What the source says to being canceled is of no use to anybody: the abort itself is what the caller hears of.
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  let index = 0;
  let held: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await reader.read();
      throwIfAborted(signal);
      if (done) break;
      let rest = value;
      while (size + rest.length > partSize(index)) {
        const room = partSize(index) - size;
        yield joined([...held, rest.subarray(0, room)], partSize(index));
        rest = rest.subarray(room);
        index += 1;
        held = [];
        size = 0;
      }
      held.push(rest);
      size += rest.length;
    }
    yield joined(held, size);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** An abort as the platform's own error: its reason where that is a timeout, else an AbortError. */
export function abortErrorOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "TimeoutError") return reason;
  const error = new Error("the call was aborted", { cause: reason });
  error.name = "AbortError";
  return error;
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortErrorOf(signal);
}

/** The promise's outcome, or the abort at once: for SDKs whose calls take no signal. The call itself may run on unheard. */
export async function unlessAborted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  throwIfAborted(signal);
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(abortErrorOf(signal));
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([start(), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
