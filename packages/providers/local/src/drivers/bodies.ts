import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Bytes, type Call, TrimaranError } from "@trimaran/contract";

/** Writes a body to a new file, to the disk itself; gives its size. The file is taken away again when the body fails. */
export async function writeBody(path: string, body: Bytes, { signal }: Call): Promise<number> {
  signal.throwIfAborted();
  const file = await open(path, "wx", 0o600);
  try {
    const size = await copyInto(file, body, signal);
    await file.sync();
    await file.close();
    return size;
  } catch (e) {
    await file.close();
    await rm(path, { force: true });
    throw e;
  }
}

async function copyInto(file: FileHandle, body: Bytes, signal: AbortSignal): Promise<number> {
  const reader = body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => {}); // What matters is that `read` below ends.
  signal.addEventListener("abort", stop, { once: true });
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      signal.throwIfAborted();
      await file.writeFile(part.value);
      size += part.value.length;
    }
    signal.throwIfAborted();
    return size;
  } catch (e) {
    await reader.cancel(e).catch(() => {}); // The source has failed by itself; its error is the one to tell.
    throw e;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The bytes of an open file from `from`, `length` of them; closes the file at the end. */
export function readBody(file: FileHandle, from: number, length: number, { signal }: Call): Bytes {
  if (length === 0) {
    return new ReadableStream<Uint8Array>({
      async start(controller) {
        await file.close();
        controller.close();
      },
    });
  }
  const stream = createReadStream("", {
    fd: file,
    start: from,
    end: from + length - 1,
    highWaterMark: 256 * 1024,
    signal,
  });
  return Readable.toWeb(stream, { strategy: { highWaterMark: 1 } }) as Bytes;
}

/** The path of a body, in one of 256 folders. */
export function bodyPath(folder: string, body: number): string {
  return join(bodyFolder(folder, body), String(body));
}

export function bodyFolder(folder: string, body: number): string {
  return join(folder, "bodies", (body % 256).toString(16).padStart(2, "0"));
}

export function pastTheEnd(id: string): TrimaranError {
  return new TrimaranError("invalid_argument", `${id}: the range begins past the end`);
}
