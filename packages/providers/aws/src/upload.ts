import type { S3Client } from "@aws-sdk/client-s3";
import type { Call, Only, WriteHow } from "@trimaran/contract";

export const PART_BYTES = 8 * 1024 * 1024;
const IN_FLIGHT = 3;

/** S3 takes 10,000 parts: from the 2,000th on they are larger, which makes room for 500 GiB. */
export function partBytes(index: number): number {
  return index < 2000 ? PART_BYTES : 8 * PART_BYTES;
}

type Sdk = typeof import("@aws-sdk/client-s3");
interface Part {
  readonly ETag: string | undefined;
  readonly ChecksumCRC32: string | undefined;
  readonly PartNumber: number;
}

/**
 * A multipart upload with three parts on their way and one being read; completed under the write's condition, aborted on failure.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export async function uploadInParts(
  { sdk, client }: { readonly sdk: Sdk; readonly client: S3Client },
  target: { readonly Bucket: string; readonly Key: string },
  parts: AsyncIterable<Uint8Array>,
  how: WriteHow,
  call: Call,
) {
  const created = await client.send(
    new sdk.CreateMultipartUploadCommand({
      ...target,
      ContentType: how.contentType,
      Metadata: { ...how.metadata },
      ChecksumAlgorithm: "CRC32",
    }),
    { abortSignal: call.signal },
  );
  const upload = { ...target, UploadId: created.UploadId };
  const failed = new AbortController();
  const signal = AbortSignal.any([call.signal, failed.signal]);
  const send = async (PartNumber: number, Body: Uint8Array): Promise<Part> => {
    const input = { ...upload, PartNumber, Body, ChecksumAlgorithm: "CRC32" as const };
    const { ETag, ChecksumCRC32 } = await client.send(new sdk.UploadPartCommand(input), { abortSignal: signal });
    return { ETag, ChecksumCRC32, PartNumber };
  };
  const inFlight = new Set<Promise<void>>();
  const done: Part[] = [];
  try {
    let number = 0;
    for await (const part of parts) {
      number += 1;
      const sending: Promise<void> = send(number, part).then((sent) => {
        done.push(sent);
        inFlight.delete(sending);
      });
      inFlight.add(sending);
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    const input = {
      ...upload,
      ...conditionsOf(how.only),
      MultipartUpload: { Parts: done.sort((a, b) => a.PartNumber - b.PartNumber) },
    };
    return await client.send(new sdk.CompleteMultipartUploadCommand(input), { abortSignal: call.signal });
  } catch (e) {
    failed.abort();
    await Promise.allSettled(inFlight);
    const giveUp = new sdk.AbortMultipartUploadCommand(upload);
    // What could not be given up stays invisible and is for the bucket's lifecycle rule; the caller hears of the failure itself.
    await client.send(giveUp, { abortSignal: AbortSignal.timeout(5000) }).catch(() => undefined);
    throw e;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function conditionsOf(only: Only | undefined): { readonly IfNoneMatch?: "*"; readonly IfMatch?: string } {
  if (only === undefined) return {};
  return only === "if_absent" ? { IfNoneMatch: "*" } : { IfMatch: only.ifRevision };
}
