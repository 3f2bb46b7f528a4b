import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { type Call, type ObjectDriver, type ObjectHead, type Page, TrimaranError } from "@trimaran/contract";
import { bodyFolder, bodyPath, pastTheEnd, readBody, writeBody } from "./bodies.ts";
import { type Database, openDatabase, type Row } from "./database.ts";

// A body's number is its object's revision, and never comes again. Bodies that no object has yet, or any more, are in `loose`: what a
// killed process left is found there.
const schema = `
  create table if not exists objects (
    key blob primary key, body integer not null, size integer not null, modified_at integer not null,
    content_type text not null, metadata text not null
  ) without rowid;
  create table if not exists loose (body integer primary key autoincrement, since integer not null)`;

const id = "local/objects";
/** A body that is loose for longer belongs to no write that goes on. */
const looseForMs = 24 * 3600_000;

/** Objects as files, with an index in one SQLite file; several processes may use the folder. `now` is in milliseconds since 1970. */
export async function openLocalObjects(folder: string, { now = Date.now } = {}): Promise<ObjectDriver> {
  const db = await openDatabase(folder, "objects", schema);
  await sweep(db, folder, now() - looseForMs);

  const rowOf = (key: string) => db.row("select * from objects where key = ?", Buffer.from(key));
  const found = (key: string): Row => {
    const row = rowOf(key);
    if (row === undefined) throw new TrimaranError("not_found", `${id}: no such object`);
    return row;
  };
  const letGo = async (body: number) => {
    await rm(bodyPath(folder, body), { force: true });
    db.run("delete from loose where body = ?", body);
  };

  return {
    id,
    can: new Set(),
    native: db.native,
    async close() {
      db.close();
    },
    async head(key, { signal }) {
      signal.throwIfAborted();
      return headOf(found(key));
    },
    async read(key, { from, length }, call) {
      call.signal.throwIfAborted();
      const { head, file } = await opened(folder, () => found(key));
      if (from > 0 && from >= head.size) {
        await file.close();
        throw pastTheEnd(id);
      }
      return { head, body: readBody(file, from, Math.min(length ?? head.size, head.size - from), call) };
    },
    async write(key, body, { contentType, metadata, only }, call) {
      call.signal.throwIfAborted();
      const name = Buffer.from(key);
      const number = Number(db.row("insert into loose (since) values (?) returning body", now())?.["body"]);
      try {
        await mkdir(bodyFolder(folder, number), { recursive: true, mode: 0o700 });
        const size = await writeBody(bodyPath(folder, number), body, call);
        const { head, old } = db.write(() => {
          const before = rowOf(key);
          if (only === "if_absent" && before !== undefined) {
            throw new TrimaranError("already_exists", `${id}: the object exists`);
          }
          if (typeof only === "object" && String(before?.["body"]) !== only.ifRevision) {
            throw new TrimaranError("conflict", `${id}: another revision`);
          }
          const facts = [size, now(), contentType, JSON.stringify(metadata)];
          db.run("insert or replace into objects values (?, ?, ?, ?, ?, ?)", name, number, ...facts);
          db.run("delete from loose where body = ?", number);
          loosen(db, before, now());
          return { head: headOf(found(key)), old: before };
        });
        if (old !== undefined) await letGo(Number(old["body"]));
        return head;
      } catch (e) {
        if (Number(rowOf(key)?.["body"]) !== number) await letGo(number);
        throw e;
      }
    },
    async remove(key, { ifRevision }, { signal }) {
      signal.throwIfAborted();
      const old = db.write(() => {
        const before = rowOf(key);
        if (before !== undefined && ifRevision !== undefined && String(before["body"]) !== ifRevision) {
          throw new TrimaranError("conflict", `${id}: another revision`);
        }
        db.run("delete from objects where key = ?", Buffer.from(key));
        loosen(db, before, now());
        return before;
      });
      if (old !== undefined) await letGo(Number(old["body"]));
    },
    async list(q, call) {
      return listed(db, q, call);
    },
  };
}

function listed(
  db: Database,
  { prefix, after, limit }: { readonly prefix: string; readonly after?: string; readonly limit: number },
  { signal }: Call,
): Page<ObjectHead> {
  signal.throwIfAborted();
  const start = Buffer.from(prefix);
  const last = Buffer.from(after ?? "", "hex");
  // 0xff is in no UTF-8 text: it comes after every key that begins with the prefix.
  const end = Buffer.concat([start, Buffer.of(0xff)]);
  const sql = "select * from objects where key >= ? and key < ? and key > ? order by key limit ?";
  const rows = db.rows(sql, start, end, last, limit + 1);
  const items = rows.slice(0, limit).map(headOf);
  const lastKey = rows[limit - 1]?.["key"];
  return rows.length > limit ? { items, next: Buffer.from(lastKey as Uint8Array).toString("hex") } : { items };
}

/** Opens the body that the row names; looks again when a writer replaced it in between. */
async function opened(
  folder: string,
  look: () => Row,
): Promise<{ readonly head: ObjectHead; readonly file: FileHandle }> {
  for (let tries = 1; ; tries++) {
    const row = look();
    try {
      return { head: headOf(row), file: await open(bodyPath(folder, Number(row["body"])), "r") };
    } catch (e) {
      if ((e as { readonly code?: unknown }).code !== "ENOENT" || tries === 100) throw e;
    }
  }
}

function loosen(db: Database, row: Row | undefined, since: number): void {
  if (row !== undefined) db.run("insert into loose (body, since) values (?, ?)", Number(row["body"]), since);
}

async function sweep(db: Database, folder: string, before: number): Promise<void> {
  for (const row of db.rows("select body from loose where since < ? limit 1000", before)) {
    const body = Number(row["body"]);
    await rm(bodyPath(folder, body), { force: true });
    db.run("delete from loose where body = ?", body);
  }
}

function headOf(row: Row): ObjectHead {
  return {
    key: Buffer.from(row["key"] as Uint8Array).toString(),
    size: Number(row["size"]),
    revision: String(row["body"]),
    modifiedAt: new Date(Number(row["modified_at"])),
    contentType: String(row["content_type"]),
    metadata: JSON.parse(String(row["metadata"])) as Record<string, string>,
  };
}
