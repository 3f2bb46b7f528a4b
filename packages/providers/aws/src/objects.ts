import type { Readable } from "node:stream";
import {
  bytesOf,
  type Call,
  importSdk,
  inParts,
  noBytes,
  type ObjectDriver,
  type ObjectHead,
  type Only,
  settings as s,
  TrimaranError,
  throwIfAborted,
} from "@trimaran/contract";
import { classify, honestConflict } from "./classify.ts";
import { clientConfig, connection } from "./client-config.ts";
import { objectFeatures } from "./features.ts";
import { keyOf, nameOf, namePrefixOf } from "./object-key.ts";
import { conditionsOf, PART_BYTES, partBytes, uploadInParts } from "./upload.ts";

export { classify };

const shape = {
  bucket: s.text,
  ...connection,
  /** Bucket in the path instead of in the host name: for services behind one address. */
  forcePathStyle: s.optional(s.flag),
};

/** Opens a bucket on S3. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed. */
export async function open(settings: unknown, _resource: string): Promise<ObjectDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const [sdk, presigner] = await Promise.all([
    importSdk("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3")),
    importSdk("@aws-sdk/s3-request-presigner", () => import("@aws-sdk/s3-request-presigner")),
  ]);
  const config = { ...clientConfig(given), forcePathStyle: given.forcePathStyle ?? false };
  const client = new sdk.S3Client(config);
  // A signed PUT must not carry the checksum of the empty body that is there when it is signed.
  const signer = new sdk.S3Client({ ...config, requestChecksumCalculation: "WHEN_REQUIRED" });
  // Answers to writes do not say when the object was modified: their Date header does, to the second.
  const dates = new WeakMap<object, Date>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { readonly headers: Readonly<Record<string, string>> };
      if (answer.output !== undefined) dates.set(answer.output, new Date(headers["date"] ?? 0));
      return answer;
    },
    { step: "deserialize" },
  );
  const Bucket = given.bucket;
  const target = (key: string) => ({ Bucket, Key: nameOf(key) });

  const head = async (key: string, call: Call) => {
    const out = await client.send(new sdk.HeadObjectCommand(target(key)), { abortSignal: call.signal });
    return headOf(key, out, out.ContentLength ?? 0);
  };

  return {
    id: "aws/s3",
    can: new Set(objectFeatures),
    native: client,

    head,

    async read(key, { from, length }, call) {
      const nothing = async () => {
        const now = await head(key, call);
        if (from > 0 && from >= now.size) throw pastEnd();
        return { head: now, body: noBytes() };
      };
      if (length === 0) return nothing();
      const isWhole = from === 0 && length === undefined;
      const range = isWhole ? {} : { Range: `bytes=${from}-${length === undefined ? "" : from + length - 1}` };
      try {
        const command = new sdk.GetObjectCommand({ ...target(key), ...range });
        const out = await client.send(command, { abortSignal: call.signal });
        const size = Number(out.ContentRange?.split("/")[1] ?? out.ContentLength ?? 0);
        return { head: headOf(key, out, size), body: bytesOf(out.Body as Readable, call.signal) };
      } catch (e) {
        // An empty object has no byte 0 to give a range of.
        if (from !== 0 || (e as Error).name !== "InvalidRange") throw e;
        return nothing();
      }
    },

    async write(key, body, how, call) {
      const parts = inParts(body, partBytes, call.signal);
      const first = (await parts.next()).value ?? new Uint8Array();
      let size = 0;
      let out: { readonly ETag?: string | undefined };
      try {
        if (first.length < PART_BYTES) {
          size = first.length;
          const input = { ...target(key), Body: first, ContentType: how.contentType, Metadata: { ...how.metadata } };
          const command = new sdk.PutObjectCommand({ ...input, ...conditionsOf(how.only) });
          out = await client.send(command, { abortSignal: call.signal });
        } else {
          const counted = (async function* () {
            for await (const part of chained(first, parts)) {
              size += part.length;
              yield part;
            }
          })();
          out = await uploadInParts({ sdk, client }, target(key), counted, how, call);
        }
      } catch (e) {
        throw lost(how.only === undefined ? e : honestConflict(e), how.only);
      } finally {
        await parts.return();
      }
      const { contentType, metadata } = how;
      return { key, size, revision: out.ETag ?? "", modifiedAt: dates.get(out) ?? new Date(0), contentType, metadata };
    },

    async remove(key, { ifRevision }, call) {
      const condition = ifRevision === undefined ? {} : { IfMatch: ifRevision };
      try {
        await client.send(new sdk.DeleteObjectCommand({ ...target(key), ...condition }), { abortSignal: call.signal });
      } catch (e) {
        const code = classify(e);
        if (code === "not_found" && (e as Error).name !== "NoSuchBucket") return;
        if (code !== "conflict" || !(await isMissing(() => head(key, call)))) throw e;
      }
    },

    async list({ prefix, after, limit }, call) {
      const items: ObjectHead[] = [];
      let startAfter = after === undefined ? undefined : nameOf(after);
      for (;;) {
        const command = new sdk.ListObjectsV2Command({
          Bucket,
          Prefix: namePrefixOf(prefix),
          MaxKeys: limit,
          EncodingType: "url",
          ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
        });
        const page = await client.send(command, { abortSignal: call.signal });
        for (const listed of page.Contents ?? []) {
          const name = decodeURIComponent((listed.Key ?? "").replaceAll("+", " "));
          startAfter = name;
          const key = keyOf(name);
          // A name that nothing of ours would have given belongs to no key.
          if (!key.startsWith(prefix) || nameOf(key) !== name) continue;
          items.push(headOf(key, listed, listed.Size ?? 0));
          if (items.length > limit) break;
        }
        if (items.length > limit || (items.length === limit && page.IsTruncated)) {
          return { items: items.slice(0, limit), next: items[limit - 1]?.key ?? "" };
        }
        if (!page.IsTruncated) return { items };
      }
    },

    async signedUrl(key, { method, forSeconds }, call) {
      throwIfAborted(call.signal);
      const command = method === "GET" ? new sdk.GetObjectCommand(target(key)) : new sdk.PutObjectCommand(target(key));
      return presigner.getSignedUrl(signer, command, { expiresIn: forSeconds });
    },

    async close() {
      client.destroy();
      signer.destroy();
    },
  };
}

/** S3 says 412 for both conditions, and 404 to a revision of what is gone. */
function lost(e: unknown, only: Only | undefined): unknown {
  if (only === undefined) return e;
  const code = classify(e);
  if (only === "if_absent" && (e as Error).name === "PreconditionFailed") {
    return new TrimaranError("already_exists", "the object is there", { cause: e });
  }
  if (only !== "if_absent" && code === "not_found" && (e as Error).name !== "NoSuchBucket") {
    return new TrimaranError("conflict", "the object is gone", { cause: e });
  }
  return e;
}

async function isMissing(head: () => Promise<unknown>): Promise<boolean> {
  try {
    await head();
    return false;
  } catch (e) {
    if (classify(e) === "not_found") return true;
    throw e;
  }
}

function pastEnd(): TrimaranError {
  return new TrimaranError("invalid_argument", "the range begins past the object's end");
}

function headOf(
  key: string,
  out: {
    readonly ETag?: string | undefined;
    readonly LastModified?: Date | undefined;
    readonly ContentType?: string | undefined;
    readonly Metadata?: Record<string, string> | undefined;
  },
  size: number,
): ObjectHead {
  return {
    key,
    size,
    revision: out.ETag ?? "",
    modifiedAt: out.LastModified ?? new Date(0),
    contentType: out.ContentType ?? "",
    metadata: out.Metadata ?? {},
  };
}

async function* chained(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
