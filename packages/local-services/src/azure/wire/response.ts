import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface AzureResponse {
  readonly status: number;
  /** An undefined value leaves the header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A stream needs its content-length among the headers. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Sends an answer; a stream that fails or a client that leaves ends the connection, so that a cut body is never taken for a whole one. */
export async function sendResponse(to: ServerResponse, method: string, answer: AzureResponse): Promise<void> {
  const { body } = answer;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers ?? {})) if (value !== undefined) headers[name] = value;
  const whole = typeof body === "string" ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined;
  const bare = method === "HEAD" || answer.status === 204 || answer.status === 304;
  if (whole !== undefined && answer.status !== 204 && answer.status !== 304) {
    headers["content-length"] ??= String(whole.byteLength);
  }
  if (answer.status === 304) delete headers["content-type"];
  if (body === undefined && !bare) headers["content-length"] = "0";
  to.writeHead(answer.status, headers);
  if (bare || body === undefined) to.end();
  else if (whole !== undefined) to.end(whole);
  else await pipeline(Readable.from(body as AsyncIterable<Uint8Array>, { objectMode: false }), to);
}
