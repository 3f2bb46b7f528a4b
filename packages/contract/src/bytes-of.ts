import type { Bytes } from "./drivers.ts";
import { abortErrorOf } from "./in-parts.ts";

/** As much of Node's Readable as is needed. */
interface NodeStream extends AsyncIterable<Uint8Array> {
  destroy(e?: Error): unknown;
  on(event: "error", listener: (e: Error) => void): unknown;
}

/**
 * A Node stream as the platform's, read as it is asked for; canceling ends the stream below, and an abort makes the body fail. (Node's own
 * `Readable.toWeb` throws from nowhere when it is canceled before its first byte.)
 */
export function bytesOf(stream: NodeStream, signal: AbortSignal): Bytes {
  const iterator = stream[Symbol.asyncIterator]();
  const abort = () => stream.destroy(abortErrorOf(signal));
  const settle = () => signal.removeEventListener("abort", abort);
  // Whoever reads hears of it from the iterator; when nobody reads any more, nobody has to.
  stream.on("error", () => undefined);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done !== true) return controller.enqueue(value);
          settle();
          controller.close();
        } catch (e) {
          settle();
          throw e;
        }
      },
      cancel() {
        settle();
        stream.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** An empty body. */
export function noBytes(): Bytes {
  return new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
}
