import { notImplemented } from "../wire/failure.ts";
import type { AzureResponse } from "../wire/response.ts";
import type { BlobCall } from "./call.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { placeBlob } from "./place.ts";
import { blobHeaders, metadataOf, written } from "./properties.ts";
import { demandContainer } from "./target.ts";
import { takeBody } from "./upload.ts";

/** https://learn.microsoft.com/rest/api/storageservices/put-blob#remarks */
const MAX_BYTES = 5000 * 1024 * 1024;

/** Put Blob, for block blobs. https://learn.microsoft.com/rest/api/storageservices/put-blob */
export async function putBlob(call: BlobCall): Promise<AzureResponse> {
  const { request, locks } = call;
  checkBlobType(call);
  demandContainer(call);
  const meta = { ...blobHeaders(request, true), metadata: metadataOf(request) };
  const tier = tierOf(call);
  const alsoMd5 = request.header("x-ms-blob-content-md5");
  const { body, crc } = await takeBody(call, { maxBytes: MAX_BYTES, ephemeral: true, alsoMd5 });
  const md5 = Buffer.from(body.md5).toString("base64");
  const extra = { md5, ...(tier === undefined ? {} : { tier }) };
  const object = await locks.run(lockOf(call), () => placeBlob(call, body, { ...meta, extra }));
  return { status: 201, headers: { ...written(object), "content-md5": md5, "x-ms-content-crc64": crc } };
}

/** Commits of one blob wait for each other, since a block list takes time to join. */
export const lockOf = (call: BlobCall): string => `${call.container}/${call.blob}`;

function checkBlobType({ request }: BlobCall): void {
  const type = request.header("x-ms-blob-type");
  if (type === undefined) throw blobFailure("MissingRequiredHeader", { details: { HeaderName: "x-ms-blob-type" } });
  if (type === "AppendBlob" || type === "PageBlob") throw notImplemented("Only block blobs are implemented.");
  if (type !== "BlockBlob") throw invalidHeader("x-ms-blob-type", type);
}

/** The tier that a write asks for. Archived blobs could not be read, so that tier is not there. */
export function tierOf({ request }: BlobCall): string | undefined {
  const tier = request.header("x-ms-access-tier");
  if (tier === undefined || ["Hot", "Cool", "Cold"].includes(tier)) return tier;
  if (tier === "Archive") throw notImplemented("The archive tier is not implemented.");
  throw invalidHeader("x-ms-access-tier", tier);
}
