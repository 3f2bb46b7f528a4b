import { createHash } from "node:crypto";
import { BodyTooLarge, type StagedBody } from "../../core/types.ts";
import { parseXml, type XmlElement } from "../xml.ts";
import { header, type S3Call } from "./call.ts";
import { ALGORITHMS, type Algorithm, headerName, startChecksum } from "./checksums.ts";
import { decodeChunked } from "./chunked.ts";
import { S3Error } from "./errors.ts";

/** 5 GiB: the most that one PUT takes. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
const MAX_XML_BYTES = 2 * 1024 * 1024;

export type Checksums = Readonly<Partial<Record<Algorithm, string>>>;

export interface ReceivedBody {
  readonly staged: StagedBody;
  /** What the client sent and we found to be right; base64. */
  readonly checksums: Checksums;
}

/** Takes in the request's body (ephemeral), and checks all that was said about it: length, hashes, chunk signatures. */
export async function receiveBody(call: S3Call, extra: readonly Algorithm[] = []): Promise<ReceivedBody> {
  if (header(call, "content-length") === undefined && header(call, "x-amz-decoded-content-length") === undefined) {
    throw new S3Error("MissingContentLength");
  }
  const { bytes, checksums } = openBody(call, extra);
  const objects = call.context.store.objects;
  const staged = await objects.stage(bytes, { ephemeral: true, maxBytes: MAX_PUT_BYTES }).catch((e: unknown) => {
    throw e instanceof BodyTooLarge ? new S3Error("EntityTooLarge") : e;
  });
  const md5 = header(call, "content-md5");
  const problem = md5 === undefined ? undefined : md5Problem(md5, staged.md5);
  if (problem === undefined) return { staged, checksums: checksums() };
  objects.discard([staged.id]);
  throw problem;
}

/** A request document; MalformedXML when it is no such document. */
export async function receiveXml(call: S3Call, root: string): Promise<XmlElement> {
  const bytes = await receiveSmall(call);
  const document = parseXml(bytes.toString("utf8"), root);
  if (document === undefined) throw new S3Error("MalformedXML");
  return document;
}

/** A small body as bytes, checked like any other. */
export async function receiveSmall(call: S3Call): Promise<Buffer> {
  const { bytes } = openBody(call, []);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > MAX_XML_BYTES) throw new S3Error("MalformedXML");
    parts.push(part.slice());
  }
  const whole = Buffer.concat(parts);
  const md5 = header(call, "content-md5");
  const problem = md5 === undefined ? undefined : md5Problem(md5, createHash("md5").update(whole).digest());
  if (problem !== undefined) throw problem;
  return whole;
}

function md5Problem(given: string, computed: Uint8Array): S3Error | undefined {
  const bytes = Buffer.from(given, "base64");
  if (bytes.length !== 16) return new S3Error("InvalidDigest");
  return bytes.equals(computed) ? undefined : new S3Error("BadDigest");
}

/** The decoded bytes; what they fail to hold is thrown at their end. `checksums` is known after that. */
function openBody(
  call: S3Call,
  extra: readonly Algorithm[],
): { readonly bytes: AsyncIterable<Uint8Array>; readonly checksums: () => Checksums } {
  const announced = (header(call, "x-amz-trailer") ?? "").toLowerCase();
  const inHeaders = new Map(ALGORITHMS.map((each) => [each, call.request.headers[headerName(each)]] as const));
  const wanted = ALGORITHMS.filter(
    (each) => inHeaders.get(each) !== undefined || announced.includes(headerName(each)) || extra.includes(each),
  );
  const sums = wanted.map((algorithm) => ({ algorithm, sum: startChecksum(algorithm) }));
  const hash = /^[0-9a-f]{64}$/.test(call.payload) ? createHash("sha256") : undefined;
  let trailers: ReadonlyMap<string, string> = new Map();
  let checksums: Checksums = {};

  const check = (size: number) => {
    const length = header(call, "x-amz-decoded-content-length");
    if (length !== undefined && Number(length) !== size) throw new S3Error("IncompleteBody");
    if (hash !== undefined && hash.digest("hex") !== call.payload) throw new S3Error("XAmzContentSHA256Mismatch");
    const found = sums.map(({ algorithm, sum }) => [algorithm, sum.end().toString("base64")] as const);
    for (const [algorithm, value] of found) {
      const given = inHeaders.get(algorithm) ?? trailers.get(headerName(algorithm));
      if (given === undefined && announced.includes(headerName(algorithm))) {
        throw new S3Error("InvalidRequest", "The trailer that x-amz-trailer announced is missing");
      }
      if (given !== undefined && given !== value) {
        throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
      }
    }
    checksums = Object.fromEntries(found);
  };

  async function* passing(): AsyncGenerator<Uint8Array> {
    // Leaving early must not cut the connection: the client is still to read the error.
    const raw = call.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    let size = 0;
    for await (const chunk of decoded(call, raw, (found) => (trailers = found))) {
      size += chunk.length;
      hash?.update(chunk);
      for (const { sum } of sums) sum.add(chunk);
      yield chunk;
    }
    check(size);
  }
  return { bytes: passing(), checksums: () => checksums };
}

function decoded(
  call: S3Call,
  raw: AsyncIterable<Uint8Array>,
  onTrailers: (trailers: ReadonlyMap<string, string>) => void,
): AsyncIterable<Uint8Array> {
  switch (call.payload) {
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      return decodeChunked(raw, call.signing, onTrailers);
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      return decodeChunked(raw, undefined, onTrailers);
    default:
      return raw;
  }
}
