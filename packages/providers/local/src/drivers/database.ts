import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { type Classify, TrimaranError } from "@trimaran/contract";

export type Row = Record<string, SQLOutputValue>;

/** One SQLite file that several processes share. Statements are prepared once. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): void;
  row(sql: string, ...values: SQLInputValue[]): Row | undefined;
  rows(sql: string, ...values: SQLInputValue[]): Row[];
  /** Alone among all writers, also of other processes; nothing of it stays when `work` throws. */
  write<T>(work: () => T): T;
  close(): void;
  readonly native: unknown;
}

/**
 * Opens or makes `<folder>/<name>.sqlite`, for the owner only. Commits reach the disk before they are acknowledged; a writer waits up to
 * five seconds for another one.
 */
export async function openDatabase(folder: string, name: string, schema: string): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.sqlite`);
  const db = new DatabaseSync(path, { timeout: 5000 });
  chmodSync(path, 0o600);
  db.exec("pragma journal_mode = wal; pragma synchronous = full");
  db.exec(`begin immediate; ${schema}; commit`);
  return wrapped(db);
}

function wrapped(db: DatabaseSync): Database {
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    native: db,
    run: (sql, ...values) => void prepared(sql).run(...values),
    row: (sql, ...values) => prepared(sql).get(...values),
    rows: (sql, ...values) => prepared(sql).all(...values),
    write(work) {
      db.exec("begin immediate");
      try {
        const result = work();
        db.exec("commit");
        return result;
      } catch (e) {
        db.exec("rollback");
        throw e;
      }
    },
    close: () => db.close(),
  };
}

/** SQLite's result codes (https://www.sqlite.org/rescode.html) and the file system's errors. */
export const classifyLocal: Classify = (e) => {
  const { code, errcode } = e as { readonly code?: unknown; readonly errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") return bySqlite[errcode & 0xff] ?? "unknown";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "permission_denied";
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EMFILE") return "quota_exhausted";
  return undefined;
};

const bySqlite = {
  3: "permission_denied", // SQLITE_PERM
  5: "unavailable", // SQLITE_BUSY
  6: "unavailable", // SQLITE_LOCKED
  8: "permission_denied", // SQLITE_READONLY
  13: "quota_exhausted", // SQLITE_FULL
  14: "permission_denied", // SQLITE_CANTOPEN
} as const satisfies Record<number, ReturnType<Classify>> as Record<number, ReturnType<Classify>>;

/** The folder that a binding's settings name. invalid_argument */
export function folderOf(settings: unknown, driver: string): string {
  const folder = (settings as { readonly folder?: unknown } | null)?.folder;
  if (typeof folder === "string" && folder.startsWith("/")) return folder;
  throw new TrimaranError("invalid_argument", `${driver}: settings.folder is an absolute path`);
}
