import { createHash } from "node:crypto";
import { type Bytes, TrimaranError } from "@trimaran/contract";
import type { Limit } from "../limits.ts";
import { utf8 } from "../text.ts";

/** What can be written. Streams and iterables give chunks of bytes or text. */
export type ObjectContent =
  | string
  | Uint8Array
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/** Streams up to this many bytes are held, so that they can be hashed before they are sent, and sent again. */
export const heldBytes = 8 * 1024 * 1024;
const chunkBytes = 256 * 1024;

export interface Source {
  /** Lower-case hex; known before the first byte is sent. */
  readonly sha256: string | undefined;
  readonly canRepeat: boolean;
  /** A body for one attempt. After it was read to its end, `sent` is its size. */
  open(bound: Limit): { readonly body: Bytes; sent(): number; failure(): unknown };
  /** Lets go of a stream that nobody will read to its end. */
  discard(): void;
}

/** Makes the content ready to be sent. `expected` is a hash that the caller knows already; verification_failed when it is another. */
export async function sourceOf(content: ObjectContent, expected: string | undefined, bound: Limit): Promise<Source> {
  if (typeof content === "string") return heldSource([utf8(content)], expected);
  if (content instanceof Uint8Array) return heldSource([content], expected);
  const chunks = content[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  bound.pause(); // The app's own stream may take its time; a caller's signal still counts.
  try {
    while (size <= heldBytes) {
      const next = await bound.within(Promise.resolve(chunks.next()));
      if (next.done === true) {
        bound.resume();
        return heldSource(held, expected);
      }
      const chunk = bytesOf(next.value);
      held.push(chunk);
      size += chunk.length;
    }
  } catch (e) {
    letGo(chunks);
    throw e;
  }
  bound.resume();
  return passingSource(held, chunks, expected);
}

function heldSource(parts: readonly Uint8Array[], expected: string | undefined): Source {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const sha256 = hash.digest("hex");
  if (expected !== undefined && expected !== sha256) throw otherHash();
  return {
    sha256,
    canRepeat: true,
    open(bound) {
      const { body, sent, failure } = metered(slices(parts), undefined, bound);
      return { body, sent, failure };
    },
    discard() {},
  };
}

function passingSource(
  held: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array | string>,
  expected: string | undefined,
): Source {
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* held;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield bytesOf(next.value);
  }
  return {
    sha256: expected,
    canRepeat: false,
    open: (bound) => metered(all(), expected, bound),
    discard: () => letGo(rest),
  };
}

async function* slices(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += chunkBytes) yield part.subarray(at, at + chunkBytes);
  }
}

/** Counts and checks what passes; the limit runs only while the service has the turn. */
function metered(
  chunks: AsyncIterator<Uint8Array>,
  expected: string | undefined,
  bound: Limit,
): ReturnType<Source["open"]> {
  const hash = expected === undefined ? undefined : createHash("sha256");
  let size = 0;
  let failed: unknown;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        bound.pause();
        try {
          const next = await bound.within(Promise.resolve(chunks.next()));
          if (next.done !== true) {
            hash?.update(next.value);
            size += next.value.length;
            controller.enqueue(next.value);
          } else {
            if (hash !== undefined && hash.digest("hex") !== expected) throw otherHash();
            controller.close();
          }
          bound.resume("chunks");
        } catch (e) {
          failed = e;
          controller.error(e);
        }
      },
      cancel() {
        letGo(chunks);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, sent: () => size, failure: () => failed };
}

/** Tells a stream that nobody reads on. Not waited for: one that stands still would answer only when it moves again. */
function letGo(chunks: AsyncIterator<unknown>): void {
  chunks.return?.().catch(() => {}); // It is given up for another error, which is the one to tell.
}

function bytesOf(chunk: Uint8Array | string): Uint8Array {
  if (typeof chunk === "string") return utf8(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TrimaranError("invalid_argument", "a stream to be written gives chunks of bytes or text");
}

function otherHash(): TrimaranError {
  return new TrimaranError("verification_failed", "the content does not have the SHA-256 that was named");
}
