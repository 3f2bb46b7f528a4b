import { type SecretDriver, TrimaranError } from "@trimaran/contract";
import { openDatabase } from "./database.ts";

const schema = `
  create table if not exists versions (
    version integer primary key autoincrement, name text not null, value text not null
  );
  create index if not exists by_name on versions (name, version)`;

const id = "local/secrets";

/** Secrets in one SQLite file that only its owner can read. They are not encrypted: this is for a machine of one's own. */
export async function openLocalSecrets(folder: string): Promise<SecretDriver> {
  const db = await openDatabase(folder, "secrets", schema);
  return {
    id,
    can: new Set(["versions"] as const),
    native: db.native,
    async close() {
      db.close();
    },
    async get(name, version, { signal }) {
      signal.throwIfAborted();
      const row =
        version === undefined
          ? db.row("select * from versions where name = ? order by version desc limit 1", name)
          : db.row("select * from versions where name = ? and version = ?", name, version);
      if (row === undefined) throw new TrimaranError("not_found", `${id}: no such secret or version`);
      return { value: String(row["value"]), version: String(row["version"]) };
    },
    async put(name, value, { signal }) {
      signal.throwIfAborted();
      const row = db.row("insert into versions (name, value) values (?, ?) returning version", name, value);
      return { version: String(row?.["version"]) };
    },
    async remove(name, { signal }) {
      signal.throwIfAborted();
      db.run("delete from versions where name = ?", name);
    },
    async list({ after, limit }, { signal }) {
      signal.throwIfAborted();
      const sql = "select distinct name from versions where name > ? order by name limit ?";
      const names = db.rows(sql, after ?? "", limit + 1).map((row) => ({ name: String(row["name"]) }));
      const items = names.slice(0, limit);
      const last = items.at(-1)?.name;
      return names.length > limit && last !== undefined ? { items, next: last } : { items };
    },
  };
}
