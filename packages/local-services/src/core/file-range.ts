import { type FileHandle, open } from "node:fs/promises";

const CHUNK_BYTES = 256 * 1024;

/**
 * A file's bytes `from` to `to` (exclusive). `release` is called once: at the end, at an error, or when the reader stops early,
 * even before its first read.
 */
export function readFileRange(path: string, from: number, to: number, release: () => void): AsyncIterable<Uint8Array> {
  let at = from;
  let file: FileHandle | undefined;
  let isDone = false;

  const end = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await file?.close();
    release();
  };

  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (isDone) return { done: true, value: undefined };
    try {
      if (at < to) {
        file ??= await open(path, "r");
        const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, to - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error("the body's file is shorter than it was");
        at += bytesRead;
        return { done: false, value: buffer.subarray(0, bytesRead) };
      }
    } catch (e) {
      await end();
      throw e;
    }
    await end();
    return { done: true, value: undefined };
  };

  return {
    [Symbol.asyncIterator]: () => ({
      next,
      async return() {
        await end();
        return { done: true, value: undefined };
      },
    }),
  };
}
