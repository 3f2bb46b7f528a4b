import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TrimaranError } from "@trimaran/contract";
import { makeBodies } from "./bodies.ts";
import { makeObjects } from "./objects.ts";
import { makeRecords } from "./records.ts";
import { makeTransactions } from "./transactions.ts";
import type { Store } from "./types.ts";

export interface StoreOptions {
  /** Milliseconds since 1970; stamps objects. */
  readonly now?: () => number;
  /** False spares the cost of CRC-32C for a protocol that never shows it. */
  readonly crc32c?: boolean;
  /** Names of bodies: never the same twice, also after a restart. */
  readonly newId?: () => string;
}

/**
 * Opens the store in this folder, and makes it where it is missing. One process at a time: a second one gets lease_held.
 * Sweeps what a killed process had not acknowledged. unavailable when the folder cannot be used.
 */
export function openStore(
  folder: string,
  { now = Date.now, crc32c = true, newId = randomUUID }: StoreOptions = {},
): Store {
  const db = openDatabase(folder);
  const transactions = makeTransactions(db);
  const counter = db.prepare("UPDATE counter SET value = value + 1 RETURNING value");
  const nextVersion = () => Number(counter.get()!["value"]);
  const bodies = makeBodies(db, transactions, folder, { crc32c, newId });
  return {
    objects: makeObjects(db, transactions, bodies, nextVersion, now),
    records: makeRecords(db, transactions, nextVersion),
    async close() {
      if (db.isOpen) db.close();
    },
  };
}

function openDatabase(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(join(folder, "store.sqlite"));
    try {
      // The exclusive lock goes with the process, however it ends, and keeps a second process out.
      db.exec("PRAGMA locking_mode = EXCLUSIVE");
      db.exec("PRAGMA journal_mode = WAL");
      db.exec("PRAGMA synchronous = NORMAL");
      db.exec("CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL)");
      db.exec("INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)");
      return db;
    } catch (e) {
      db.close();
      throw e;
    }
  } catch (e) {
    const isLocked = (e as { errcode?: unknown }).errcode === 5; // SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy
    if (isLocked) {
      throw new TrimaranError("lease_held", "another process has this data folder open", { cause: e });
    }
    throw new TrimaranError("unavailable", "the data folder cannot be opened", { cause: e });
  }
}
