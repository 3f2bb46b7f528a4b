import type { File, StorageOptions } from "@google-cloud/storage";
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
import { classify } from "./classify.ts";
import { limited } from "./connection.ts";
import { openDownload } from "./download.ts";
import { objectFeatures } from "./features.ts";
import { keyOf, nameOf, namePrefixOf } from "./object-name.ts";
import { conditionsOf, PIECE_BYTES, uploadInPieces, uploadWhole } from "./upload.ts";

export { classify };

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
  const storage = new sdk.Storage(options);
  const bucket = storage.bucket(given.bucket);
  const accounts = `${given.signingEndpoint}/v1/projects/-/serviceAccounts/`;
  const signing = given.signingEndpoint === undefined ? {} : { signingEndpoint: accounts };
  const fileOf = (key: string) => bucket.file(nameOf(key));
  const targetOf = (key: string) => {
    return { storage, bucket: given.bucket, name: nameOf(key), newChecksum: () => new sdk.CRC32C() };
  };
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
          nothing ? undefined : openDownload(targetOf(key), range, call),
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
          return { head: current, body: noBytes() };
        }
        if (opened.status === "rejected") throw opened.reason;
        if (opened.value === undefined || opened.value.generation === current.revision) {
          return {
            head: current,
            body: opened.value === undefined ? noBytes() : bytesOf(opened.value.body, call.signal),
          };
        }
        opened.value.body.destroy();
        if (tries === 10) throw new TrimaranError("unavailable", "the object changed at every attempt to read it");
      }
    },

    async write(key, body, how, call) {
      const pieces = inParts(body, () => PIECE_BYTES, call.signal);
      const target = targetOf(key);
      try {
        const first = (await pieces.next()).value ?? new Uint8Array();
        const isSmall = first.length < PIECE_BYTES;
        const all = chained(first, pieces);
        const made = await (isSmall ? uploadWhole(target, first, how, call) : uploadInPieces(target, all, how, call));
        return headOf(key, made);
      } catch (e) {
        const isThere = how.only === "if_absent" && classify(e) === "conflict";
        throw isThere ? new TrimaranError("already_exists", "the object is there", { cause: e }) : e;
      } finally {
        await pieces.return();
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
          ...signing,
        }),
      );
      return url;
    },

    async close() {},
  };
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

async function* chained(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
