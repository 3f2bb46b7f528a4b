import { type KvDriver, type KvEntry, type Page, TrimaranError } from "@trimaran/contract";
import { openDatabase, type Row } from "./database.ts";

// Keys are blobs: text in SQLite would compare, and end at NUL, by rules of its own.
const schema = `
  create table if not exists entries (
    key blob primary key, value blob not null, revision integer not null, expires_at integer
  ) without rowid;
  create table if not exists counter (id integer primary key check (id = 1), last integer not null);
  insert or ignore into counter values (1, 0)`;

const id = "local/kv";

/** Entries in one SQLite file. `now` is in milliseconds since 1970. */
export async function openLocalKv(folder: string, { now = Date.now } = {}): Promise<KvDriver> {
  const db = await openDatabase(folder, "kv", schema);
  const liveRow = (key: Uint8Array) =>
    db.row("select * from entries where key = ? and (expires_at is null or expires_at > ?)", key, now());

  return {
    id,
    can: new Set(["expiry"] as const),
    native: db.native,
    async close() {
      db.close();
    },
    async get(key, { signal }) {
      signal.throwIfAborted();
      const row = liveRow(Buffer.from(key));
      return row === undefined ? undefined : entryOf(row);
    },
    async put(key, value, { only, expiresInSeconds }, { signal }) {
      signal.throwIfAborted();
      const name = Buffer.from(key);
      const expiresAt = expiresInSeconds === undefined ? null : now() + expiresInSeconds * 1000;
      return db.write(() => {
        const old = only === undefined ? undefined : liveRow(name);
        if (only === "if_absent" && old !== undefined) {
          throw new TrimaranError("already_exists", `${id}: the key exists`);
        }
        if (typeof only === "object" && String(old?.["revision"]) !== only.ifRevision) {
          throw new TrimaranError("conflict", `${id}: another revision`);
        }
        const revision = db.row("update counter set last = last + 1 returning last")?.["last"] ?? null;
        db.run("insert or replace into entries values (?, ?, ?, ?)", name, value, revision, expiresAt);
        return { revision: String(revision) };
      });
    },
    async remove(key, { ifRevision }, { signal }) {
      signal.throwIfAborted();
      const name = Buffer.from(key);
      db.write(() => {
        const old = ifRevision === undefined ? undefined : liveRow(name);
        if (old !== undefined && String(old["revision"]) !== ifRevision) {
          throw new TrimaranError("conflict", `${id}: another revision`);
        }
        db.run("delete from entries where key = ?", name);
      });
    },
    async scan({ after, limit }, { signal }): Promise<Page<KvEntry>> {
      signal.throwIfAborted();
      db.run("delete from entries where expires_at <= ?", now());
      const sql = "select * from entries where key > ? and (expires_at is null or expires_at > ?) order by key limit ?";
      const rows = db.rows(sql, Buffer.from(after ?? "", "hex"), now(), limit + 1);
      const items = rows.slice(0, limit).map(entryOf);
      const last = rows[limit - 1]?.["key"];
      return rows.length > limit ? { items, next: Buffer.from(last as Uint8Array).toString("hex") } : { items };
    },
  };
}

function entryOf(row: Row): KvEntry {
  return {
    key: Buffer.from(row["key"] as Uint8Array).toString(),
    value: new Uint8Array(row["value"] as Uint8Array),
    revision: String(row["revision"]),
  };
}
