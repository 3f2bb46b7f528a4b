import type { IncomingMessage } from "node:http";
import { StorageFault } from "../faults.ts";

/** What one request of a resumable upload carries. `total` is undefined while the client does not know it. */
export type Piece =
  | { readonly kind: "query"; readonly total?: number }
  /** `last` (inclusive) is undefined when the bytes go on to the request's end. */
  | { readonly kind: "bytes"; readonly first: number; readonly last?: number; readonly total?: number };

/** Bytes that are not the last of an object are kept in multiples of this. */
const quantum = 256 * 1024;

/** Reads `bytes 0-524287/*`, `bytes 0-*` with a total or not, or `bytes *` for a question; no header means all the bytes. 400 otherwise. */
export function readContentRange(text: string | undefined): Piece {
  if (text === undefined || text === "") return { kind: "bytes", first: 0 };
  const match = /^bytes (?:(\*)|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(text.trim());
  if (match === null) throw new StorageFault(400, "badRequest", `Failed to parse Content-Range header: ${text}`);
  const [, all, first = "", last = "", size = ""] = match;
  const total = /^\d+$/.test(size) ? { total: Number(size) } : {};
  if (all !== undefined) return { kind: "query", ...total };
  return { kind: "bytes", first: Number(first), ...(last === "*" ? {} : { last: Number(last) }), ...total };
}

/**
 * The part of a request's bytes that a session with `received` bytes still lacks, whole quanta only unless they end the object.
 * Ends quietly where the connection breaks, so that what came is kept. 400 when there would be a gap.
 */
export async function* afterReceived(request: IncomingMessage, piece: Piece, received: number) {
  if (piece.kind !== "bytes") return;
  if (piece.first > received) {
    const message = `Invalid request. The upload offset ${piece.first} exceeds the already uploaded size ${received}.`;
    throw new StorageFault(400, "badRequest", message);
  }
  let skip = received - piece.first;
  let room = roomFor(piece, received);
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      const kept = fresh.subarray(0, Math.min(room, fresh.length));
      room -= kept.length;
      if (kept.length > 0) yield kept;
    }
  } catch (e) {
    if (request.complete) throw e;
  }
}

function roomFor(piece: Piece & { kind: "bytes" }, received: number): number {
  if (piece.last === undefined) return Number.POSITIVE_INFINITY;
  const end = piece.last + 1;
  const isEnd = piece.total !== undefined && end >= piece.total;
  return Math.max(0, (isEnd ? end : Math.floor(end / quantum) * quantum) - received);
}
