import type { DatabaseSync } from "node:sqlite";
import type { Bodies } from "./bodies.ts";
import { toBytes, toText } from "./bytes.ts";
import { listPage } from "./listing.ts";
import type { Transactions } from "./transactions.ts";
import { ConditionFailed, type NewObject, type ObjectCore, type StoredObject } from "./types.ts";

interface ObjectRow {
  readonly bucket: Uint8Array;
  readonly key: Uint8Array;
  readonly body: string;
  readonly size: number;
  readonly generation: number;
  readonly metageneration: number;
  readonly created_at: number;
  readonly modified_at: number;
  readonly md5: Uint8Array;
  readonly crc32c: Uint8Array;
  readonly about: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS bucket (name BLOB PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS object (
    bucket BLOB NOT NULL, key BLOB NOT NULL, body TEXT NOT NULL, size INTEGER NOT NULL, generation INTEGER NOT NULL,
    metageneration INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, md5 BLOB NOT NULL,
    crc32c BLOB NOT NULL, about TEXT NOT NULL, PRIMARY KEY (bucket, key))`;

/** Objects on SQLite over `bodies`; keys and bucket names are stored as UTF-8 bytes. */
export function makeObjects(
  db: DatabaseSync,
  transactions: Transactions,
  bodies: Bodies,
  nextVersion: () => number,
  now: () => number,
): ObjectCore {
  db.exec(SCHEMA);
  const insertBucket = db.prepare("INSERT OR IGNORE INTO bucket (name, created_at) VALUES (?, ?)");
  const deleteBucket = db.prepare("DELETE FROM bucket WHERE name = ?");
  const selectBuckets = db.prepare("SELECT name, created_at FROM bucket ORDER BY name");
  const selectBucket = db.prepare("SELECT 1 AS found FROM bucket WHERE name = ?");
  const anyObject = db.prepare("SELECT 1 AS found FROM object WHERE bucket = ? LIMIT 1");
  const select = db.prepare("SELECT * FROM object WHERE bucket = ? AND key = ?");
  const walk = db.prepare("SELECT * FROM object WHERE bucket = ? AND key >= ? ORDER BY key");
  const upsert = db.prepare(`INSERT INTO object
    (bucket, key, body, size, generation, metageneration, created_at, modified_at, md5, crc32c, about)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET body = excluded.body,
    size = excluded.size, generation = excluded.generation, metageneration = 1, created_at = excluded.created_at,
    modified_at = excluded.modified_at, md5 = excluded.md5, crc32c = excluded.crc32c, about = excluded.about`);
  const update = db.prepare(`UPDATE object SET metageneration = metageneration + 1, modified_at = ?, about = ?
    WHERE bucket = ? AND key = ?`);
  const remove = db.prepare("DELETE FROM object WHERE bucket = ? AND key = ?");

  const find = (bucket: string, key: string) =>
    select.get(toBytes(bucket), toBytes(key)) as unknown as ObjectRow | undefined;
  const demand = (holds: boolean | undefined) => {
    if (holds === false) throw new ConditionFailed("the object is not as the condition wants it");
  };
  /** Which body the object had when it was looked up; undefined once it has another. */
  const bodyOf = (object: StoredObject): string => {
    const row = find(object.bucket, object.key);
    if (row?.generation !== object.generation) throw new Error("the object was replaced or removed meanwhile");
    return row.body;
  };

  return {
    createBucket: (name, createdAt) => insertBucket.run(toBytes(name), createdAt).changes > 0,
    removeBucket: (name) =>
      transactions.run(() => {
        if (anyObject.get(toBytes(name)) !== undefined) return "not_empty";
        return deleteBucket.run(toBytes(name)).changes > 0 ? "removed" : "missing";
      }),
    buckets: () =>
      selectBuckets.all().map((row) => ({
        name: toText(row["name"] as Uint8Array),
        createdAt: Number(row["created_at"]),
      })),
    hasBucket: (name) => selectBucket.get(toBytes(name)) !== undefined,

    stage: (body, options) => bodies.stage(body, options),
    join: (parts, options) => bodies.join(parts, options),
    clone: (object, options) => bodies.clone(bodyOf(object), options),
    discard: (ids) => bodies.discard(ids),
    keep: (id) => bodies.keep(id),
    staged: (id) => bodies.staged(id),

    commit: (bucket, key, body, meta, when) =>
      transactions.run(() => {
        const before = find(bucket, key);
        demand(when?.(before === undefined ? undefined : toObject(before)));
        bodies.adopt(body.id);
        if (before !== undefined) bodies.drop(before.body);
        const at = now();
        const about = toAbout(meta);
        const generation = nextVersion();
        upsert.run(toBytes(bucket), toBytes(key), body.id, body.size, generation, at, at, body.md5, body.crc32c, about);
        const { md5, crc32c, size } = body;
        const stamps = { generation, metageneration: 1, createdAt: at, modifiedAt: at };
        return { bucket, key, size, md5, crc32c, ...stamps, ...fromAbout(about) };
      }),
    describe: (bucket, key, meta, when) =>
      transactions.run(() => {
        const before = find(bucket, key);
        demand(when?.(before === undefined ? undefined : toObject(before)));
        if (before === undefined) return undefined;
        update.run(now(), toAbout(meta), toBytes(bucket), toBytes(key));
        return toObject(find(bucket, key)!);
      }),
    head(bucket, key) {
      const row = find(bucket, key);
      return row === undefined ? undefined : toObject(row);
    },
    read: (object, from = 0, to = object.size) => bodies.read(bodyOf(object), from, to),
    remove: (bucket, key, when) =>
      transactions.run(() => {
        const before = find(bucket, key);
        demand(when?.(before === undefined ? undefined : toObject(before)));
        if (before === undefined) return false;
        remove.run(toBytes(bucket), toBytes(key));
        bodies.drop(before.body);
        return true;
      }),
    list(bucket, q) {
      const name = toBytes(bucket);
      const page = listPage(q, (from) => walk.iterate(name, from) as unknown as Iterable<ObjectRow>);
      const { rows, prefixes } = page;
      return { objects: rows.map(toObject), prefixes, ...(page.next === undefined ? {} : { next: page.next }) };
    },
  };
}

function toAbout({ contentType, headers, metadata, extra = {} }: NewObject): string {
  return JSON.stringify({ contentType, headers, metadata, extra });
}

function fromAbout(text: string): Required<NewObject> {
  return JSON.parse(text) as Required<NewObject>;
}

function toObject(row: ObjectRow): StoredObject {
  return {
    bucket: toText(row.bucket),
    key: toText(row.key),
    size: row.size,
    generation: row.generation,
    metageneration: row.metageneration,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    md5: row.md5,
    crc32c: row.crc32c,
    ...fromAbout(row.about),
  };
}
