import type { DocumentSnapshot, Settings, Timestamp, WriteBatch } from "@google-cloud/firestore";
import {
  expiringRevision,
  expiringRevisionParts,
  importSdk,
  type KvDriver,
  type KvEntry,
  settings as s,
  TrimaranError,
} from "@trimaran/contract";
import { classify } from "./classify.ts";
import { commitOnce } from "./commit.ts";
import { limited } from "./connection.ts";
import { idOf, keyOf } from "./document-id.ts";
import { kvFeatures } from "./features.ts";
import { connection, hostOf } from "./grpc.ts";

export { classify };

const shape = { collection: s.text, database: s.optional(s.text), ...connection };
const TRIES = 5;

/**
 * Opens a collection of Firestore; its field `expires` is what a time-to-live policy may name. An endpoint with plain HTTP goes without
 * TLS and sign-in. invalid_argument when the settings do not hold; tool_missing when the SDK is not installed.
 */
export async function open(settings: unknown, _resource: string, { now = Date.now } = {}): Promise<KvDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const sdk = await importSdk("@google-cloud/firestore", () => import("@google-cloud/firestore"));
  const at = given.endpoint === undefined ? undefined : hostOf(given.endpoint);
  const options: Settings = {
    projectId: given.project,
    ...(given.database === undefined ? {} : { databaseId: given.database }),
    ...(at === undefined ? {} : { host: `${at.host}:${at.port}`, ssl: at.ssl }),
  };
  const client = new sdk.Firestore(options);
  const collection = client.collection(given.collection);
  const documentOf = (key: string) => collection.doc(idOf(key));

  const isGone = (expires: number | undefined) => expires !== undefined && expires <= now();
  const isLive = (document: DocumentSnapshot) => document.exists && !isGone(expiresOf(document));
  const lastUpdateTime = (mark: string) => {
    const [seconds, nanoseconds] = mark.split(".").map(Number);
    return { lastUpdateTime: new sdk.Timestamp(seconds ?? 0, nanoseconds ?? 0) };
  };

  return {
    id: "gcp/firestore",
    can: new Set(kvFeatures),
    native: client,

    async get(key, call) {
      const document = await limited(call, () => documentOf(key).get());
      return isLive(document) ? entryOf(document) : undefined;
    },

    async put(key, value, { only, expiresInSeconds }, call) {
      const document = documentOf(key);
      const expires = expiresInSeconds === undefined ? undefined : Math.ceil(now() + expiresInSeconds * 1000);
      const until = expires === undefined ? undefined : sdk.Timestamp.fromMillis(expires);
      const fields = { value: Buffer.from(value), ...(until === undefined ? {} : { expires: until }) };
      const replace = (condition: { readonly lastUpdateTime: Timestamp }) =>
        write((batch) => batch.update(document, { ...fields, expires: until ?? sdk.FieldValue.delete() }, condition));
      const write = async (fill: (batch: WriteBatch) => unknown) => {
        const at = await limited(call, () => commitOnce(client, fill));
        return { revision: expiringRevision(at, expires) };
      };

      if (only === undefined) return write((batch) => batch.set(document, fields));
      if (only !== "if_absent") {
        const known = expiringRevisionParts(only.ifRevision);
        if (known === undefined || isGone(known.expires)) throw changed();
        try {
          return await replace(lastUpdateTime(known.mark));
        } catch (e) {
          throw classify(e) === "not_found" ? changed(e) : e;
        }
      }
      for (let tries = 1; tries <= TRIES; tries++) {
        try {
          return await write((batch) => batch.create(document, fields));
        } catch (e) {
          if (classify(e) !== "already_exists") throw e;
        }
        const current = await limited(call, () => document.get());
        if (isLive(current)) throw new TrimaranError("already_exists", "the entry is there");
        if (current.updateTime === undefined) continue;
        try {
          return await replace({ lastUpdateTime: current.updateTime });
        } catch (e) {
          const code = classify(e);
          if (code !== "conflict" && code !== "not_found") throw e;
        }
      }
      throw changed();
    },

    async remove(key, { ifRevision }, call) {
      const document = documentOf(key);
      if (ifRevision === undefined) {
        await limited(call, () => commitOnce(client, (batch) => batch.delete(document)));
        return;
      }
      try {
        const known = expiringRevisionParts(ifRevision);
        if (known === undefined) throw changed();
        const is = lastUpdateTime(known.mark);
        await limited(call, () => commitOnce(client, (batch) => batch.delete(document, is)));
      } catch (e) {
        const code = e instanceof TrimaranError ? e.code : classify(e);
        if (code === "not_found") return;
        if (code !== "conflict" || isLive(await limited(call, () => document.get()))) throw e;
      }
    },

    async scan({ after, limit }, call) {
      const query = collection.orderBy(sdk.FieldPath.documentId()).limit(limit);
      const page = await limited(call, () => (after === undefined ? query : query.startAfter(after)).get());
      const last = page.docs.length < limit ? undefined : page.docs.at(-1)?.id;
      return { items: page.docs.filter(isLive).map(entryOf), ...(last === undefined ? {} : { next: last }) };
    },

    async close() {
      await client.terminate();
    },
  };
}

function revisionOf(time: Timestamp | undefined, expires: number | undefined): string {
  return expiringRevision(`${time?.seconds ?? 0}.${time?.nanoseconds ?? 0}`, expires);
}

/** Milliseconds since 1970. */
function expiresOf(document: DocumentSnapshot): number | undefined {
  return (document.get("expires") as Timestamp | undefined)?.toMillis();
}

function entryOf(document: DocumentSnapshot): KvEntry {
  return {
    key: keyOf(document.id),
    value: new Uint8Array(document.get("value") as Uint8Array),
    revision: revisionOf(document.updateTime, expiresOf(document)),
  };
}

function changed(cause?: unknown): TrimaranError {
  return new TrimaranError("conflict", "the entry has another revision", cause === undefined ? {} : { cause });
}
