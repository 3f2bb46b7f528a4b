import { addAbortSignal, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { File, StorageOptions } from "@google-cloud/storage";
import {
  type Bytes,
  type Call,
  importSdk,
  inParts,
  type ObjectDriver,
  type ObjectHead,
  type Only,
  settings as s,
  TrimaranError,
  throwIfAborted,
} from "@trimaran/contract";
import { classify } from "./classify.ts";
import { limited } from "./connection.ts";
import { openDownload } from "./download.ts";
import { objectFeatures } from "./features.ts";
import { keyOf, nameOf, namePrefixOf } from "./object-name.ts";

export { classify };

const PART_BYTES = 8 * 1024 * 1024;

const shape = {
  bucket: s.text,
  project: s.text,
  /** Another address than Google's own. */
  endpoint: s.optional(s.address),
  /** Where URLs are signed when the credential has no key of its own; Google's IAM Credentials service when left out. */
  signingEndpoint: s.optional(s.address),
};

/** Opens a bucket of Cloud Storage. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string, now: () => number = Date.now): Promise<ObjectDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@google-cloud/storage", () => import("@google-cloud/storage"));
  const options: StorageOptions = {
    projectId: given.project,
    retryOptions: { maxRetries: 2, maxRetryDelay: 2, totalTimeout: 30 },
    ...(given.endpoint === undefined ? {} : { apiEndpoint: given.endpoint, useAuthWithCustomEndpoint: true }),
  };
  const bucket = new sdk.Storage(options).bucket(given.bucket);
  const fileOf = (key: string) => bucket.file(nameOf(key));
  const head = async (key: string, call: Call) => {
    const [metadata] = await limited(call, () => fileOf(key).getMetadata());
    return headOf(key, metadata);
  };

  return {
    id: "gcp/storage",
    can: new Set(objectFeatures),
    native: bucket,
    head,

    async read(key, { from, length }, call) {
      // The bytes' answer has no metadata, so both are asked for at once; when a write came between, again.
      for (let tries = 1; ; tries++) {
        const nothing = length === 0;
        const range = from === 0 && length === undefined ? undefined : { from, length };
        const [described, opened] = await Promise.allSettled([
          head(key, call),
          nothing ? undefined : openDownload(fileOf(key), range, call),
        ]);
        if (described.status === "rejected") {
          if (opened.status === "fulfilled") opened.value?.body.destroy();
          throw described.reason;
        }
        const current = described.value;
        if (nothing || current.size === 0 || from >= current.size) {
          if (opened.status === "fulfilled") opened.value?.body.destroy();
          if (from > 0 && from >= current.size) {
            throw new TrimaranError("invalid_argument", "the range begins past the object's end");
          }
          return { head: current, body: streamOf(Readable.from([]), call) };
        }
        if (opened.status === "rejected") throw opened.reason;
        if (opened.value === undefined || opened.value.generation === current.revision) {
          return { head: current, body: streamOf(opened.value?.body ?? Readable.from([]), call) };
        }
        opened.value.body.destroy();
        if (tries === 10) throw new TrimaranError("unavailable", "the object changed at every attempt to read it");
      }
    },

    async write(key, body, how, call) {
      const parts = inParts(body, () => PART_BYTES, call.signal);
      const file = fileOf(key);
      try {
        const first = (await parts.next()).value ?? new Uint8Array();
        const isSmall = first.length < PART_BYTES;
        const upload = file.createWriteStream({
          resumable: !isSmall,
          ...(isSmall ? {} : { chunkSize: PART_BYTES }),
          metadata: { contentType: how.contentType, metadata: { ...how.metadata } },
          preconditionOpts: conditionsOf(how.only),
          validation: "crc32c",
        });
        const source = isSmall ? [first] : chained(first, parts);
        const send = () => pipeline(Readable.from(source), upload, { signal: call.signal });
        await (isSmall ? limited(call, send) : send());
        return headOf(key, file.metadata);
      } catch (e) {
        const isThere = how.only === "if_absent" && classify(e) === "conflict";
        throw isThere ? new TrimaranError("already_exists", "the object is there", { cause: e }) : e;
      } finally {
        await parts.return();
      }
    },

    async remove(key, { ifRevision }, call) {
      try {
        await limited(call, () =>
          fileOf(key).delete(conditionsOf(ifRevision === undefined ? undefined : { ifRevision })),
        );
      } catch (e) {
        const code = classify(e);
        if (code === "not_found") return;
        if (code !== "conflict") throw e;
        const [exists] = await limited(call, () => fileOf(key).exists());
        if (exists) throw e;
      }
    },

    async list({ prefix, after, limit }, call) {
      const items: ObjectHead[] = [];
      const from = after === undefined ? undefined : nameOf(after);
      let query: object | null = {
        prefix: namePrefixOf(prefix),
        maxResults: Math.min(limit + 2, 1000),
        autoPaginate: false,
        ...(from === undefined ? {} : { startOffset: from }),
      };
      while (query !== null) {
        const asked: object = query;
        const [files, next] = await limited(call, () => bucket.getFiles(asked));
        for (const { name, metadata } of files) {
          const key = keyOf(name);
          // A name that nothing of ours would have given belongs to no key.
          if (!key.startsWith(prefix) || nameOf(key) !== name || name === from) continue;
          if (items.length === limit) return { items, next: items.at(-1)?.key ?? "" };
          items.push(headOf(key, metadata));
        }
        query = (next as object | undefined) ?? null;
      }
      return { items };
    },

    async signedUrl(key, { method, forSeconds }, call) {
      throwIfAborted(call.signal);
      const [url] = await limited(call, () =>
        fileOf(key).getSignedUrl({
          version: "v4",
          action: method === "GET" ? "read" : "write",
          expires: now() + forSeconds * 1000,
          ...(given.signingEndpoint === undefined ? {} : { signingEndpoint: given.signingEndpoint }),
        }),
      );
      return url;
    },

    async close() {},
  };
}

/** https://cloud.google.com/storage/docs/request-preconditions */
function conditionsOf(only: Only | undefined): { ifGenerationMatch?: string | number } {
  if (only === undefined) return {};
  if (only === "if_absent") return { ifGenerationMatch: 0 };
  // A revision that is no generation cannot be an object's.
  if (!/^[1-9][0-9]*$/.test(only.ifRevision)) throw new TrimaranError("conflict", "the object has another revision");
  return { ifGenerationMatch: only.ifRevision };
}

function headOf(key: string, metadata: File["metadata"]): ObjectHead {
  const own = Object.entries(metadata.metadata ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    key,
    size: Number(metadata.size ?? 0),
    revision: String(metadata.generation),
    modifiedAt: new Date(metadata.updated ?? 0),
    contentType: metadata.contentType ?? "",
    metadata: Object.fromEntries(own) as Readonly<Record<string, string>>,
  };
}

function streamOf(body: Readable, call: Call): Bytes {
  return Readable.toWeb(addAbortSignal(call.signal, body)) as Bytes;
}

async function* chained(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
