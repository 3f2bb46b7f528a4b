import { StorageFault } from "../faults.ts";

export interface Multipart {
  readonly metadata: Buffer;
  readonly mediaType: string | undefined;
  readonly media: AsyncIterable<Uint8Array>;
}

const maxHeadBytes = 1024 * 1024;

/**
 * A multipart/related body of two parts, metadata and media (RFC 2387); the media is handed on as it arrives.
 * Some clients end their lines with a line feed alone: what the first line does is the rule for the rest. 400 when it is malformed.
 */
export async function readMultipart(contentType: string, body: AsyncIterable<Uint8Array>): Promise<Multipart> {
  const boundary = /;\s*boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2] ?? boundary?.[3];
  if (name === undefined) throw malformed("no boundary");
  const source = body[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);

  const more = async () => {
    const next = await source.next();
    if (next.done === true) throw malformed("it ends too early");
    held = Buffer.concat([held, next.value]);
    if (held.length > maxHeadBytes) throw malformed("its metadata is too large");
  };
  const until = async (mark: string) => {
    let at = held.indexOf(mark);
    while (at < 0) {
      await more();
      at = held.indexOf(mark);
    }
    const before = held.subarray(0, at);
    held = held.subarray(at + mark.length);
    return before;
  };

  await until(`--${name}`);
  const line = (await until("\n")).toString("latin1").endsWith("\r") ? "\r\n" : "\n";
  const delimiter = `${line}--${name}`;
  const head = async () => ((await startsWith(line)) ? "" : (await until(line + line)).toString("latin1"));
  const startsWith = async (mark: string) => {
    while (held.length < mark.length) await more();
    if (held.subarray(0, mark.length).toString("latin1") !== mark) return false;
    held = held.subarray(mark.length);
    return true;
  };

  await head();
  const metadata = await until(delimiter);
  await until(line);
  const mediaType = /^content-type:\s*(.+?)\s*$/im.exec(await head())?.[1];
  return { metadata, mediaType, media: upTo(delimiter, held, source) };
}

/** The bytes before the delimiter; the rest of the stream is read and dropped, so that the connection can be used again. */
async function* upTo(delimiter: string, first: Buffer, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = first;
  for (;;) {
    const at = held.indexOf(delimiter);
    if (at >= 0) {
      if (at > 0) yield held.subarray(0, at);
      while ((await source.next()).done !== true);
      return;
    }
    const safe = held.length - delimiter.length + 1;
    if (safe > 0) {
      yield held.subarray(0, safe);
      held = held.subarray(safe);
    }
    const next = await source.next();
    if (next.done === true) throw malformed("its media has no end");
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
  }
}

function malformed(why: string): StorageFault {
  return new StorageFault(400, "badRequest", `Malformed multipart body: ${why}.`);
}
