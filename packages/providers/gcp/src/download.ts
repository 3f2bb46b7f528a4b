import { Readable, Transform } from "node:stream";
import type { CRC32C } from "@google-cloud/storage";
import { type Call, TrimaranError } from "@trimaran/contract";
import { send, type Target } from "./request.ts";

/**
 * The bytes of an object, and of which generation they are: the answer's headers say so. A whole object is compared with its checksum.
 * https://cloud.google.com/storage/docs/json_api/v1/objects/get
 */
export async function openDownload(
  target: Target,
  range: { readonly from: number; readonly length: number | undefined } | undefined,
  call: Call,
): Promise<{ readonly generation: string; readonly body: Readable }> {
  const { storage, bucket, name } = target;
  const last = range?.length === undefined ? "" : range.from + range.length - 1;
  const { headers, data } = await send<Readable>(target, call, {
    method: "GET",
    url: `${storage.apiEndpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`,
    // Not taken apart on the way: the checksum is that of the bytes as they are stored.
    headers: {
      "accept-encoding": "identity",
      ...(range === undefined ? {} : { range: `bytes=${range.from}-${last}` }),
    },
    responseType: "stream",
  });
  const bytes = data instanceof Readable ? data : Readable.fromWeb(data);
  const generation = headers.get("x-goog-generation") ?? "";
  const wanted = /(?:^|,)\s*crc32c=([^,]+)/.exec(headers.get("x-goog-hash") ?? "")?.[1];
  if (range !== undefined || wanted === undefined) return { generation, body: bytes };
  const checked = compared(target.newChecksum(), wanted);
  bytes.on("error", (e) => checked.destroy(e));
  checked.on("close", () => bytes.destroy());
  return { generation, body: bytes.pipe(checked) };
}

function compared(checksum: CRC32C, wanted: string): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const isSame = checksum.toString() === wanted;
      done(isSame ? null : new TrimaranError("verification_failed", "the bytes do not have the object's checksum"));
    },
  });
}
