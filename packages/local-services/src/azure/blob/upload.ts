import { BodyTooLarge, type StagedBody, type StoredObject } from "../../core/types.ts";
import { notImplemented } from "../wire/failure.ts";
import type { BlobCall } from "./call.ts";
import { crc64 } from "./crc64.ts";
import { blobFailure, invalidHeader } from "./errors.ts";

/**
 * Takes the request's body in and checks it against Content-MD5 and x-ms-content-crc64.
 * Throws `AzureFailure`: MissingContentLengthHeader, RequestBodyTooLarge, Md5Mismatch, Crc64Mismatch, ...
 */
export async function takeBody(
  call: BlobCall,
  options: { readonly maxBytes: number; readonly ephemeral: boolean; readonly alsoMd5?: string | undefined },
): Promise<{ readonly body: StagedBody; readonly crc: string | undefined }> {
  const { request, store } = call;
  const length = request.header("content-length");
  if (length === undefined) throw blobFailure("MissingContentLengthHeader");
  if (Number(length) > options.maxBytes) throw tooLarge(options.maxBytes);
  if (request.header("x-ms-structured-body") !== undefined)
    throw notImplemented("Structured messages are not implemented.");
  const md5s = [request.header("content-md5"), options.alsoMd5].filter((md5) => md5 !== undefined);
  if (md5s.some((md5) => Buffer.from(md5, "base64").length !== 16)) throw blobFailure("InvalidMd5");
  const wantedCrc = request.header("x-ms-content-crc64");
  if (wantedCrc !== undefined && request.header("content-md5") !== undefined)
    throw blobFailure("BothCrc64AndMd5HeaderPresent");
  if (wantedCrc !== undefined && Buffer.from(wantedCrc, "base64").length !== 8)
    throw invalidHeader("x-ms-content-crc64", wantedCrc);
  const sum = wantedCrc === undefined ? undefined : crc64();
  const body = await staged(call, sum === undefined ? request.raw : summed(request.raw, sum.add), options);
  return holding(store, body, async () => {
    const actual = Buffer.from(body.md5).toString("base64");
    if (md5s.some((md5) => md5 !== actual)) throw mismatch("Md5Mismatch", md5s[0] ?? "", actual);
    if (sum !== undefined && sum.value() !== wantedCrc) throw mismatch("Crc64Mismatch", wantedCrc ?? "", sum.value());
    return { body, crc: sum?.value() };
  });
}

const mismatch = (code: "Md5Mismatch" | "Crc64Mismatch", given: string, actual: string) =>
  blobFailure(code, { details: { UserSpecifiedChecksum: given, ServerCalculatedChecksum: actual } });

const tooLarge = (maxBytes: number) => blobFailure("RequestBodyTooLarge", { details: { MaxLimit: String(maxBytes) } });

async function staged(
  call: BlobCall,
  bytes: AsyncIterable<Uint8Array>,
  { maxBytes, ephemeral }: { readonly maxBytes: number; readonly ephemeral: boolean },
): Promise<StagedBody> {
  try {
    return await call.store.objects.stage(bytes, { maxBytes, ephemeral });
  } catch (e) {
    throw e instanceof BodyTooLarge ? tooLarge(maxBytes) : e;
  }
}

async function* summed(bytes: AsyncIterable<Uint8Array>, add: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    add(chunk);
    yield chunk;
  }
}

/** Does what may fail with a staged body, and discards the body when it does. */
export async function holding<T>(store: BlobCall["store"], body: StagedBody, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (e) {
    store.objects.discard([body.id]);
    throw e;
  }
}

/** A range of an object as a staged body; the whole of it costs no copy. */
export async function rangeOf(call: BlobCall, object: StoredObject, from: number, to: number): Promise<StagedBody> {
  const { objects } = call.store;
  if (from === 0 && to === object.size) return objects.clone(object, { ephemeral: true });
  return objects.stage(objects.read(object, from, to), { ephemeral: true });
}
