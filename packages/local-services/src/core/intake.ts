import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { finished } from "node:stream/promises";
import { crc32c, crc32cBytes } from "./crc32c.ts";

/** Bodies up to this size live in the database: one write instead of a file's four system calls. */
const INLINE_BYTES = 64 * 1024;

/** Size and digests of a body as it passes. */
export function makeSums(withCrc32c: boolean) {
  const md5 = createHash("md5");
  let crc = 0;
  let size = 0;
  return {
    add(chunk: Uint8Array): void {
      size += chunk.length;
      md5.update(chunk);
      if (withCrc32c) crc = crc32c(chunk, crc);
    },
    size: () => size,
    end: () => ({ size, md5: new Uint8Array(md5.digest()), crc32c: withCrc32c ? crc32cBytes(crc) : new Uint8Array(0) }),
  };
}

/** Gathers a small body in memory; turns to the file when it grows beyond that. */
export function makeSink(path: string) {
  let gathered: Uint8Array[] = [];
  let size = 0;
  let file: ReturnType<typeof createWriteStream> | undefined;
  let broken: Error | undefined;
  const push = async (chunk: Uint8Array) => {
    if (broken !== undefined) throw broken;
    const open = file!;
    if (open.write(chunk)) return;
    // Rejects at "error" too.
    await once(open, "drain");
  };
  return {
    async write(chunk: Uint8Array): Promise<void> {
      size += chunk.length;
      if (file === undefined && size <= INLINE_BYTES) {
        // A copy: the network's buffers are shared slabs, far larger than the chunk.
        gathered.push(chunk.slice());
        return;
      }
      if (file === undefined) {
        file = createWriteStream(path, { highWaterMark: 1024 * 1024 });
        file.on("error", (e) => (broken ??= e));
        for (const each of gathered) await push(each);
        gathered = [];
      }
      await push(chunk);
    },
    /** The bytes of a small body; undefined when they are in the file. */
    async end(): Promise<Uint8Array | undefined> {
      if (file === undefined) return Buffer.concat(gathered);
      if (broken !== undefined) throw broken;
      file.end();
      await finished(file);
      return undefined;
    },
    async abort(): Promise<void> {
      if (file === undefined) return;
      file.destroy();
      if (!file.closed) await once(file, "close");
      rmSync(path, { force: true });
    },
  };
}
