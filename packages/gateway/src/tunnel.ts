import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Headers } from "./attempt.ts";

/** Joins two connections after an upgrade: bytes both ways with backpressure, until either side ends. */
export function tunnel(
  client: Duplex,
  early: Buffer,
  upstream: Duplex,
  status: number,
  fields: readonly string[],
  headers: Headers,
): void {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nconnection: upgrade\r\n`;
  if (headers["upgrade"] !== undefined) head += `upgrade: ${String(headers["upgrade"])}\r\n`;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== "connection") head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  }
  client.write(`${head}\r\n`, "latin1");
  if (early.length > 0) upstream.write(early);
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}
