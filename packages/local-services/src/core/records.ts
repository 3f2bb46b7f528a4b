import type { DatabaseSync } from "node:sqlite";
import { afterPrefix, compareBytes, justAfter, toBytes, toText } from "./bytes.ts";
import type { Transactions } from "./transactions.ts";
import type { RecordCore, StoredRecord } from "./types.ts";

interface RecordRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: number;
}

const NOTHING = new Uint8Array(0);

/** Records on SQLite; keys and spaces are stored as UTF-8 bytes. */
export function makeRecords(db: DatabaseSync, transactions: Transactions, nextVersion: () => number): RecordCore {
  db.exec(`CREATE TABLE IF NOT EXISTS record (
    space BLOB NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (space, key))`);
  const select = db.prepare("SELECT key, value, version FROM record WHERE space = ? AND key = ?");
  const upsert = db.prepare(`INSERT INTO record (space, key, version, value) VALUES (?, ?, ?, ?)
    ON CONFLICT (space, key) DO UPDATE SET version = excluded.version, value = excluded.value`);
  const remove = db.prepare("DELETE FROM record WHERE space = ? AND key = ?");
  const range = db.prepare(`SELECT key, value, version FROM record
    WHERE space = ? AND key >= ? AND (? IS NULL OR key < ?) ORDER BY key LIMIT ?`);
  const nextSpace = db.prepare("SELECT space FROM record WHERE space >= ? ORDER BY space LIMIT 1");

  return {
    transaction: (work) => transactions.run(work),
    get(space, key) {
      const row = select.get(toBytes(space), toBytes(key)) as unknown as RecordRow | undefined;
      return row === undefined ? undefined : toRecord(row);
    },
    put: (space, key, value) =>
      transactions.run(() => {
        const bytes = typeof value === "string" ? toBytes(value) : value;
        const version = nextVersion();
        upsert.run(toBytes(space), toBytes(key), version, bytes);
        return { key, value: bytes, version };
      }),
    remove: (space, key) => remove.run(toBytes(space), toBytes(key)).changes > 0,
    list(space, q) {
      const prefix = toBytes(q.prefix ?? "");
      const from = latest([
        prefix,
        toBytes(q.from ?? ""),
        q.after === undefined ? NOTHING : justAfter(toBytes(q.after)),
      ]);
      const before = earliest([afterPrefix(prefix), q.before === undefined ? undefined : toBytes(q.before)]);
      const rows = range.all(toBytes(space), from, before ?? null, before ?? null, q.limit);
      return (rows as unknown as RecordRow[]).map(toRecord);
    },
    spaces(prefix) {
      const found: string[] = [];
      let at = toBytes(prefix);
      const end = afterPrefix(at);
      for (;;) {
        const space = nextSpace.get(at)?.["space"] as Uint8Array | undefined;
        if (space === undefined || (end !== undefined && compareBytes(space, end) >= 0)) return found;
        found.push(toText(space));
        at = justAfter(space);
      }
    },
  };
}

function toRecord(row: RecordRow): StoredRecord {
  return { key: toText(row.key), value: row.value, version: row.version };
}

function latest(bounds: readonly Uint8Array[]): Uint8Array {
  return bounds.reduce((a, b) => (compareBytes(a, b) >= 0 ? a : b));
}

function earliest(bounds: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  return bounds.reduce((a, b) => (a === undefined ? b : b === undefined || compareBytes(a, b) <= 0 ? a : b));
}
