import type { Readable } from "node:stream";
import type { TokenCredential } from "@azure/identity";
import type { StorageSharedKeyCredential } from "@azure/storage-blob";
import {
  bytesOf,
  type Call,
  importSdk,
  inParts,
  noBytes,
  type ObjectDriver,
  type ObjectHead,
  settings as s,
  TrimaranError,
  throwIfAborted,
} from "@trimaran/contract";
import { keyOf, nameOf, namePrefixOf } from "./blob-name.ts";
import { classify } from "./classify.ts";
import { clientOptions, connection, defaultCredential, limited, unlessBroken } from "./connection.ts";
import { objectFeatures } from "./features.ts";
import { fromAzure } from "./metadata.ts";
import { urlSigner } from "./sign.ts";
import { BLOCK_BYTES, blockBytes, optionsOf, uploadInBlocks } from "./upload.ts";

export { classify };

const shape = { container: s.text, ...connection };

/** Opens a container of Blob Storage. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string): Promise<ObjectDriver> {
  s.readSettings(settings, "settings", shape);
  return openWith(settings, await defaultCredential());
}

/** With a credential of the caller's, such as a shared key for an emulator that knows nothing else. */
export async function openWith(
  settings: unknown,
  credential: TokenCredential | StorageSharedKeyCredential,
  now: () => number = Date.now,
): Promise<ObjectDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@azure/storage-blob", () => import("@azure/storage-blob"));
  const serviceOf = (maxTries: number) =>
    new sdk.BlobServiceClient(given.endpoint, credential, {
      retryOptions: { maxTries, retryDelayInMs: 200, maxRetryDelayInMs: 2000 },
      ...clientOptions(given),
    });
  const service = serviceOf(3);
  const container = service.getContainerClient(given.container);
  // Sent again after an answer was lost, a write under a condition would be refused because of itself.
  const once = serviceOf(1).getContainerClient(given.container);
  const blobOf = (key: string) => container.getBlockBlobClient(nameOf(key));
  const signUrl = urlSigner(sdk, service, credential, now);
  const head = async (key: string, call: Call) => {
    const out = await limited(call, (abortSignal) => blobOf(key).getProperties({ abortSignal }));
    return headOf(key, out, out.contentLength ?? 0);
  };

  return {
    id: "azure/blob",
    can: new Set(objectFeatures),
    native: container,
    signedPutHeaders: { "x-ms-blob-type": "BlockBlob" },

    head,

    async read(key, { from, length }, call) {
      const nothing = async () => {
        const now = await head(key, call);
        if (from > 0 && from >= now.size) throw pastEnd();
        return { head: now, body: noBytes() };
      };
      if (length === 0) return nothing();
      try {
        const out = await limited(call, (abortSignal) =>
          blobOf(key).download(from, length, { abortSignal, maxRetryRequests: 3 }),
        );
        const bytes = out.readableStreamBody as Readable;
        const size = Number(out.contentRange?.split("/")[1] ?? out.contentLength ?? 0);
        // Azure says 416; Azurite gives an empty body instead where the range begins right behind the last byte.
        if (from > 0 && from >= size) {
          bytes.destroy();
          throw pastEnd();
        }
        return { head: headOf(key, out, size), body: bytesOf(unlessBroken(bytes, call.signal), call.signal) };
      } catch (e) {
        // An empty object has no byte 0 to give a range of.
        if (from !== 0 || (e as { readonly statusCode?: number }).statusCode !== 416) throw e;
        return nothing();
      }
    },

    async write(key, body, how, call) {
      const blocks = inParts(body, blockBytes, call.signal);
      try {
        const first = (await blocks.next()).value ?? new Uint8Array();
        const counter = { size: 0 };
        const all = counted(first, blocks, counter);
        const blob = blobOf(key);
        const target = how.only === undefined ? blob : once.getBlockBlobClient(nameOf(key));
        const isSmall = first.length < BLOCK_BYTES;
        const out = isSmall
          ? await limited(call, (abortSignal) => target.upload(first, first.length, { ...optionsOf(how), abortSignal }))
          : await uploadInBlocks({ blob, target }, all, crypto.randomUUID().slice(0, 16), how, call);
        const { contentType, metadata } = how;
        const size = isSmall ? first.length : counter.size;
        const modifiedAt = out.lastModified ?? new Date(0);
        return { key, size, revision: revisionOf(out.etag), modifiedAt, contentType, metadata };
      } catch (e) {
        // Put Block List says 412 where Put Blob says 409.
        const isThere = how.only === "if_absent" && classify(e) === "conflict";
        throw isThere ? new TrimaranError("already_exists", "the object is there", { cause: e }) : e;
      } finally {
        await blocks.return();
      }
    },

    async remove(key, { ifRevision }, call) {
      const conditions = ifRevision === undefined ? {} : { ifMatch: ifRevision };
      try {
        const target = ifRevision === undefined ? blobOf(key) : once.getBlockBlobClient(nameOf(key));
        await limited(call, (abortSignal) => target.delete({ abortSignal, conditions, deleteSnapshots: "include" }));
      } catch (e) {
        if (isNoBlob(e)) return;
        if (classify(e) !== "conflict") throw e;
        if (await limited(call, (abortSignal) => blobOf(key).exists({ abortSignal }))) throw e;
      }
    },

    async list({ prefix, after, limit }, call) {
      const from = after === undefined ? undefined : nameOf(after);
      return limited(call, async (abortSignal) => {
        const items: ObjectHead[] = [];
        // Where a service does not know startFrom, what comes before is read and left out.
        const options = {
          prefix: namePrefixOf(prefix),
          abortSignal,
          ...(from === undefined ? {} : { startFrom: from }),
        };
        for await (const page of container.listBlobsFlat(options).byPage({ maxPageSize: limit + 2 })) {
          for (const { name, properties } of page.segment.blobItems) {
            const key = keyOf(name);
            // A name that nothing of ours would have given belongs to no key.
            if (!key.startsWith(prefix) || nameOf(key) !== name || (from !== undefined && name <= from)) continue;
            if (items.length === limit) return { items, next: items.at(-1)?.key ?? "" };
            items.push(headOf(key, properties, properties.contentLength ?? 0));
          }
        }
        return { items };
      });
    },

    async signedUrl(key, how, call) {
      throwIfAborted(call.signal);
      return signUrl(blobOf(key), how, call);
    },

    async close() {},
  };
}

function headOf(
  key: string,
  out: {
    readonly etag?: string | undefined;
    readonly lastModified?: Date | undefined;
    readonly contentType?: string | undefined;
    readonly metadata?: Record<string, string> | undefined;
  },
  size: number,
): ObjectHead {
  return {
    key,
    size,
    revision: revisionOf(out.etag),
    modifiedAt: out.lastModified ?? new Date(0),
    contentType: out.contentType ?? "",
    metadata: fromAzure(out.metadata),
  };
}

/** Headers have ETags in quotes, listings have them bare. */
function revisionOf(etag: string | undefined): string {
  return `"${(etag ?? "").replaceAll('"', "")}"`;
}

function isNoBlob(e: unknown): boolean {
  const error = e as { readonly code?: unknown; readonly statusCode?: unknown };
  return error.statusCode === 404 && error.code !== "ContainerNotFound";
}

function pastEnd(): TrimaranError {
  return new TrimaranError("invalid_argument", "the range begins past the object's end");
}

async function* counted(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  counter: { size: number },
): AsyncGenerator<Uint8Array> {
  counter.size = first.length;
  yield first;
  for await (const part of rest) {
    counter.size += part.length;
    yield part;
  }
}
