import { setTimeout as sleep } from "node:timers/promises";
import type { File } from "@google-cloud/storage";
import { type Call, type Only, TrimaranError, throwIfAborted, type WriteHow } from "@trimaran/contract";
import { classify } from "./classify.ts";
import { send, type Target } from "./request.ts";

/** A whole object below this goes in one request; above, this is the size of a piece, a multiple of 256 KiB. */
export const PIECE_BYTES = 8 * 1024 * 1024;
const TRIES = 3;
const PAUSE_MS = 200;

type Resource = File["metadata"];
function urlOf({ storage, bucket, name }: Target, uploadType: string, only: Only | undefined): string {
  const query = new URLSearchParams({ uploadType, name, ...conditionsOf(only) });
  return `${storage.apiEndpoint}/upload/storage/v1/b/${bucket}/o?${query}`;
}

/**
 * One request with description and bytes; the service compares the checksum before the object is there.
 * https://cloud.google.com/storage/docs/json_api/v1/objects/insert
 */
export async function uploadWhole(target: Target, bytes: Uint8Array, how: WriteHow, call: Call): Promise<Resource> {
  const checksum = target.newChecksum();
  checksum.update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const { contentType, metadata } = how;
  const boundary = crypto.randomUUID();
  const description = JSON.stringify({ contentType, metadata, crc32c: checksum.toString() });
  const json = "Content-Type: application/json; charset=utf-8";
  const head = `--${boundary}\r\n${json}\r\n\r\n${description}\r\n--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const headers = { "content-type": `multipart/related; boundary=${boundary}` };
  const request = { method: "POST", url: urlOf(target, "multipart", how.only), headers, body };
  for (let tries = 1; ; tries++) {
    try {
      return (await send<Resource>(target, call, request)).data;
    } catch (e) {
      // Under a condition a second attempt could not tell its own first one from somebody else's.
      if (how.only !== undefined || tries === TRIES || !isPassing(e)) throw e;
    }
    await sleep(PAUSE_MS * tries, undefined, { signal: call.signal });
  }
}

/**
 * A session to which pieces go in turn; where an answer was lost, it is asked how far it came.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export async function uploadInPieces(
  target: Target,
  pieces: AsyncIterable<Uint8Array>,
  how: WriteHow,
  call: Call,
): Promise<Resource> {
  const { contentType, metadata } = how;
  const begun = await send(target, call, {
    method: "POST",
    url: urlOf(target, "resumable", how.only),
    headers: { "content-type": "application/json; charset=utf-8", "x-upload-content-type": contentType },
    data: { contentType, metadata },
  });
  const session = begun.headers.get("location") ?? "";
  const checksum = target.newChecksum();
  let offset = 0;
  let held: Uint8Array | undefined;
  try {
    for await (const piece of pieces) {
      checksum.update(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      // The last piece is known when there is no other: it goes with the whole size.
      if (held !== undefined) await sendPiece(target, session, held, offset, undefined, call);
      offset += held?.length ?? 0;
      held = piece;
    }
    const last = held ?? new Uint8Array();
    const done = await sendPiece(target, session, last, offset, offset + last.length, call);
    if (done === undefined || (done.crc32c !== undefined && done.crc32c !== checksum.toString())) {
      throw new TrimaranError("verification_failed", "the service has other bytes than were sent");
    }
    return done;
  } catch (e) {
    // What could not be given up stays invisible and ends by itself after a week; the caller hears of the failure itself.
    await send(target, { signal: AbortSignal.timeout(5000) }, { method: "DELETE", url: session }).catch(
      () => undefined,
    );
    throw e;
  }
}

/** The object, when this was the last piece. */
async function sendPiece(
  target: Target,
  session: string,
  piece: Uint8Array,
  offset: number,
  total: number | undefined,
  call: Call,
): Promise<Resource | undefined> {
  const validateStatus = (status: number) => status === 308 || (status >= 200 && status < 300);
  let sent = 0;
  for (let tries = 1; ; tries++) {
    const rest = piece.subarray(sent);
    const from = offset + sent;
    const range = rest.length === 0 ? `*/${total ?? "*"}` : `${from}-${from + rest.length - 1}/${total ?? "*"}`;
    try {
      const isAsking = tries > 1 && sent === 0 && rest.length > 0;
      const answer = await send<Resource>(target, call, {
        method: "PUT",
        url: session,
        headers: { "content-range": `bytes ${isAsking ? `*/${total ?? "*"}` : range}` },
        body: isAsking ? "" : Buffer.from(rest.buffer, rest.byteOffset, rest.length),
        validateStatus,
      });
      if (answer.status !== 308) return answer.data;
      const stored = Number(answer.headers.get("range")?.split("-")[1] ?? -1) + 1;
      sent = stored - offset;
      if (sent < 0 || sent > piece.length)
        throw new TrimaranError("verification_failed", "the session is at another place");
      if (sent === piece.length && total === undefined) return undefined;
      if (tries > TRIES * 3) throw new TrimaranError("unavailable", "the session takes no more bytes");
    } catch (e) {
      throwIfAborted(call.signal);
      if (tries >= TRIES || !isPassing(e)) throw e;
      await sleep(PAUSE_MS * tries, undefined, { signal: call.signal });
    }
  }
}

function isPassing(e: unknown): boolean {
  const code = classify(e);
  return code === "unavailable" || code === "quota_exhausted";
}

/** https://cloud.google.com/storage/docs/request-preconditions */
export function conditionsOf(only: Only | undefined): { readonly ifGenerationMatch?: string } {
  if (only === undefined) return {};
  if (only === "if_absent") return { ifGenerationMatch: "0" };
  // A revision that is no generation cannot be an object's.
  if (!/^[1-9][0-9]*$/.test(only.ifRevision)) throw new TrimaranError("conflict", "the object has another revision");
  return { ifGenerationMatch: only.ifRevision };
}
