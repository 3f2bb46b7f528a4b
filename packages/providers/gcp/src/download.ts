import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { File } from "@google-cloud/storage";
import { type Call, throwIfAborted } from "@trimaran/contract";
import { limited } from "./connection.ts";

/** The bytes of an object, and of which generation they are: the answer's headers say so. */
export async function openDownload(
  file: File,
  range: { readonly from: number; readonly length: number | undefined } | undefined,
  call: Call,
): Promise<{ readonly generation: string; readonly body: Readable }> {
  throwIfAborted(call.signal);
  const body = file.createReadStream({
    decompress: false,
    ...(range === undefined ? {} : { start: range.from }),
    ...(range?.length === undefined ? {} : { end: range.from + range.length - 1 }),
  });
  const started = Promise.withResolvers<string>();
  body.once("response", (answer: { readonly statusCode: number; readonly headers: IncomingHttpHeaders }) => {
    // The body of a refusal becomes the stream's error.
    if (answer.statusCode < 400) started.resolve(String(answer.headers["x-goog-generation"]));
  });
  body.on("error", started.reject);
  // The SDK sends the request when the stream is first read from.
  body.read(0);
  try {
    return { generation: await limited(call, () => started.promise), body };
  } catch (e) {
    // The SDK pipes the answer into it without looking whether it is still there.
    body.once("response", () => setImmediate(() => body.destroy()));
    throw e;
  }
}
