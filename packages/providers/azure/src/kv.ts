import type { NamedKeyCredential, TableEntityResult, TableServiceClientOptions } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import {
  type Call,
  expiringRevision,
  expiringRevisionParts,
  importSdk,
  type KvDriver,
  type KvEntry,
  settings as s,
  TrimaranError,
} from "@trimaran/contract";
import { classify } from "./classify.ts";
import { clientOptions, connection, defaultCredential, limited } from "./connection.ts";
import { kvFeatures } from "./features.ts";
import { keyOf, partitionOf } from "./table-key.ts";

export { classify };

const shape = {
  table: s.text,
  ...connection,
  /** Plain HTTP, for an emulator. */
  insecure: s.optional(s.flag),
};

/** One entry a partition: entries share no transaction, and partitions spread over servers. */
const rowKey = "entry";
/** What a binary property takes. */
const CHUNK_BYTES = 64 * 1024;
const TRIES = 5;

type Row = TableEntityResult<Record<string, unknown>>;

/**
 * Opens a table of Table storage or Cosmos DB for Table. invalid_argument when the settings do not hold; tool_missing when the SDK is
 * not installed.
 */
export async function open(settings: unknown, _resource: string): Promise<KvDriver> {
  s.readSettings(settings, "settings", shape);
  return openWith(settings, await defaultCredential());
}

/** With a credential of the caller's, such as a shared key for an emulator that knows nothing else. */
export async function openWith(
  settings: unknown,
  credential: TokenCredential | NamedKeyCredential,
  now: () => number = Date.now,
): Promise<KvDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@azure/data-tables", () => import("@azure/data-tables"));
  const clientOf = (maxRetries: number) => {
    const options: TableServiceClientOptions = {
      retryOptions: { maxRetries, retryDelayInMs: 200, maxRetryDelayInMs: 2000 },
      allowInsecureConnection: given.insecure ?? false,
      ...clientOptions(given),
    };
    // The constructor's two forms differ in the credential's type alone.
    return new sdk.TableClient(given.endpoint, given.table, credential as TokenCredential, options);
  };
  const client = clientOf(2);
  // Sent again after an answer was lost, a write under a condition would be refused because of itself.
  const once = clientOf(0);

  const rowOf = async (key: string, call: Call): Promise<Row | undefined> => {
    try {
      return await limited(call, (abortSignal) => client.getEntity(partitionOf(key), rowKey, { abortSignal }));
    } catch (e) {
      if (isNoEntity(e)) return undefined;
      throw e;
    }
  };
  const isGone = (expires: number | undefined) => expires !== undefined && expires <= now();
  const live = (row: Row | undefined) => (row === undefined || isGone(expiresOf(row)) ? undefined : row);

  return {
    id: "azure/table",
    can: new Set(kvFeatures),
    native: client,

    async get(key, call) {
      const row = live(await rowOf(key, call));
      return row === undefined ? undefined : entryOf(row);
    },

    async put(key, value, { only, expiresInSeconds }, call) {
      const expires = expiresInSeconds === undefined ? undefined : Math.ceil(now() + expiresInSeconds * 1000);
      const entity = { partitionKey: partitionOf(key), rowKey, ...propertiesOf(value, expires) };
      const replace = (etag: string) =>
        limited(call, (abortSignal) => once.updateEntity(entity, "Replace", { etag, abortSignal }));
      if (only === undefined) {
        const out = await limited(call, (abortSignal) => client.upsertEntity(entity, "Replace", { abortSignal }));
        return { revision: expiringRevision(out.etag, expires) };
      }
      if (only !== "if_absent") {
        const known = expiringRevisionParts(only.ifRevision);
        if (known === undefined || isGone(known.expires)) throw changed();
        try {
          return { revision: expiringRevision((await replace(known.mark)).etag, expires) };
        } catch (e) {
          throw isNoEntity(e) ? changed(e) : e;
        }
      }
      for (let tries = 1; tries <= TRIES; tries++) {
        try {
          const out = await limited(call, (abortSignal) => once.createEntity(entity, { abortSignal }));
          return { revision: expiringRevision(out.etag, expires) };
        } catch (e) {
          if (classify(e) !== "already_exists") throw e;
        }
        const row = await rowOf(key, call);
        if (row === undefined) continue;
        if (live(row) !== undefined) throw new TrimaranError("already_exists", "the entry is there");
        try {
          return { revision: expiringRevision((await replace(row.etag)).etag, expires) };
        } catch (e) {
          if (classify(e) !== "conflict" && !isNoEntity(e)) throw e;
        }
      }
      throw changed();
    },

    async remove(key, { ifRevision }, call) {
      const known = ifRevision === undefined ? { mark: "*" } : expiringRevisionParts(ifRevision);
      try {
        if (known === undefined) throw changed();
        const etag = known.mark;
        const target = ifRevision === undefined ? client : once;
        await limited(call, (abortSignal) => target.deleteEntity(partitionOf(key), rowKey, { etag, abortSignal }));
      } catch (e) {
        if (isNoEntity(e)) return;
        const isOther = e instanceof TrimaranError || classify(e) === "conflict";
        if (!isOther || live(await rowOf(key, call)) !== undefined) throw e;
      }
    },

    async scan({ after, limit }, call) {
      const settings = { maxPageSize: limit, ...(after === undefined ? {} : { continuationToken: after }) };
      return limited(call, async (abortSignal) => {
        const { value: page } = await client.listEntities({ abortSignal }).byPage(settings).next();
        const items = ((page ?? []) as readonly Row[]).filter((row) => live(row) !== undefined).map(entryOf);
        const next = (page as { readonly continuationToken?: string } | undefined)?.continuationToken;
        return { items, ...(next === undefined ? {} : { next }) };
      });
    },

    async close() {},
  };
}

function propertiesOf(value: Uint8Array, expires: number | undefined): Record<string, unknown> {
  const count = Math.max(1, Math.ceil(value.length / CHUNK_BYTES));
  // A Buffer: of any other view the SDK sends all that is in its memory.
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const chunks = Array.from({ length: count }, (_, i) => [
    `value${i}`,
    bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  ]);
  const until = expires === undefined ? {} : { expires: { type: "Int64", value: String(expires) } };
  return { ...Object.fromEntries(chunks), ...until };
}

/** Milliseconds since 1970. */
function expiresOf(row: Row): number | undefined {
  return row["expires"] === undefined ? undefined : Number(row["expires"]);
}

function entryOf(row: Row): KvEntry {
  const chunks: Uint8Array[] = [];
  for (let i = 0; row[`value${i}`] !== undefined; i++) chunks.push(row[`value${i}`] as Uint8Array);
  return {
    key: keyOf(row.partitionKey ?? ""),
    value: new Uint8Array(Buffer.concat(chunks)),
    revision: expiringRevision(row.etag, expiresOf(row)),
  };
}

function isNoEntity(e: unknown): boolean {
  const error = e as { readonly statusCode?: unknown; readonly details?: { odataError?: { code?: unknown } } };
  return error.statusCode === 404 && error.details?.odataError?.code !== "TableNotFound";
}

function changed(cause?: unknown): TrimaranError {
  return new TrimaranError("conflict", "the entry has another revision", cause === undefined ? {} : { cause });
}
