import { createHash } from "node:crypto";
import { equalTexts } from "../../core/credentials.ts";
import { signText } from "../sigv4/canonical.ts";
import type { SignatureClaim } from "../sigv4/parse.ts";
import { S3Error } from "./errors.ts";

/** How the chunks are signed; absent where they are not. */
export interface ChunkSigning {
  readonly key: Buffer;
  readonly claim: SignatureClaim;
}

const EMPTY_SHA256 = createHash("sha256").digest("hex");
const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes the aws-chunked content encoding and checks each chunk's signature when its last byte has passed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 * `onTrailers` gets the trailing headers, in lower case, after the last chunk.
 */
export async function* decodeChunked(
  body: AsyncIterable<Uint8Array>,
  signing: ChunkSigning | undefined,
  onTrailers: (trailers: ReadonlyMap<string, string>) => void,
): AsyncGenerator<Uint8Array> {
  const reader = makeReader(body);
  let previous = signing?.claim.signature ?? "";
  for (;;) {
    const [sizeText, ...extensions] = (await reader.line()).split(";");
    if (sizeText === undefined || !/^[0-9a-fA-F]{1,8}$/.test(sizeText)) throw new S3Error("IncompleteBody");
    const size = Number.parseInt(sizeText, 16);
    const given = extensions.find((each) => each.startsWith("chunk-signature="))?.slice("chunk-signature=".length);
    const hash = createHash("sha256");
    for (let left = size; left > 0; ) {
      const piece = await reader.atMost(left);
      if (signing !== undefined) hash.update(piece);
      left -= piece.length;
      yield piece;
    }
    if (signing !== undefined) {
      const { amzDate, scope } = signing.claim;
      const text = ["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope, previous, EMPTY_SHA256, hash.digest("hex")].join("\n");
      previous = checked(signing, text, given);
    }
    if (size === 0) break;
    if ((await reader.line()) !== "") throw new S3Error("IncompleteBody");
  }
  onTrailers(await readTrailers(reader, signing, previous));
}

async function readTrailers(
  reader: Reader,
  signing: ChunkSigning | undefined,
  previous: string,
): Promise<ReadonlyMap<string, string>> {
  const trailers = new Map<string, string>();
  for (let line = await reader.lineOrEnd(); line !== undefined && line !== ""; line = await reader.lineOrEnd()) {
    const at = line.indexOf(":");
    trailers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  const given = trailers.get("x-amz-trailer-signature");
  trailers.delete("x-amz-trailer-signature");
  if (signing !== undefined && trailers.size > 0) {
    const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
    const hash = createHash("sha256").update(lines).digest("hex");
    checked(
      signing,
      ["AWS4-HMAC-SHA256-TRAILER", signing.claim.amzDate, signing.claim.scope, previous, hash].join("\n"),
      given,
    );
  }
  return trailers;
}

function checked(signing: ChunkSigning, text: string, given: string | undefined): string {
  const wanted = signText(signing.key, text);
  if (given === undefined || !equalTexts(given, wanted)) throw new S3Error("SignatureDoesNotMatch");
  return wanted;
}

interface Reader {
  line(): Promise<string>;
  lineOrEnd(): Promise<string | undefined>;
  atMost(bytes: number): Promise<Uint8Array>;
}

function makeReader(body: AsyncIterable<Uint8Array>): Reader {
  const source = body[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done === true) return false;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    return true;
  };
  const lineOrEnd = async (): Promise<string | undefined> => {
    for (;;) {
      const at = held.indexOf("\r\n");
      if (at >= 0) {
        const line = held.toString("latin1", 0, at);
        held = held.subarray(at + 2);
        return line;
      }
      if (held.length > MAX_LINE_BYTES) throw new S3Error("IncompleteBody");
      if (!(await more())) return held.length === 0 ? undefined : held.toString("latin1");
    }
  };
  return {
    lineOrEnd,
    async line() {
      const line = await lineOrEnd();
      if (line === undefined) throw new S3Error("IncompleteBody");
      return line;
    },
    async atMost(bytes) {
      while (held.length === 0) if (!(await more())) throw new S3Error("IncompleteBody");
      const piece = held.subarray(0, bytes);
      held = held.subarray(piece.length);
      return piece;
    },
  };
}
