import { isDeepStrictEqual } from "node:util";
import { ApiFault } from "../faults.ts";
import type { Documents, View } from "./documents.ts";
import type { History } from "./history.ts";
import type { TransactionOptions } from "./messages.ts";
import { type DocumentPath, toKey } from "./paths.ts";
import { type CompiledQuery, runQuery } from "./query.ts";

/** A transaction sees the documents as they were when it began; its commit fails when what it read has changed since. */
export interface Transaction {
  readonly id: Buffer;
  readonly view: View;
  readonly isReadOnly: boolean;
  readDocument(path: DocumentPath): void;
  readQuery(query: CompiledQuery): void;
}

interface Open extends Transaction {
  readonly began: number;
  readonly beganAtMs: number;
  usedAtMs: number;
  /** ABORTED when something that it read has changed. */
  validate(): void;
}

/** https://cloud.google.com/firestore/docs/manage-data/transactions#transaction_failure */
const longestMs = 270_000;
const idleMs = 60_000;

/** Optimistic concurrency, one of the modes of Firestore: nobody waits, who commits second starts again. */
export function makeTransactions(documents: Documents, history: History, now: () => number, nextId: () => string) {
  const open = new Map<string, Open>();

  const trim = () => {
    for (const [id, { beganAtMs, usedAtMs }] of open) {
      if (now() - beganAtMs > longestMs || now() - usedAtMs > idleMs) open.delete(id);
    }
    const moments = [...open.values()].map(({ began }) => began);
    history.trim(moments.length === 0 ? undefined : Math.min(...moments));
  };
  const demand = (id: Uint8Array): Open => {
    trim();
    const transaction = open.get(Buffer.from(id).toString());
    if (transaction === undefined) {
      throw new ApiFault("INVALID_ARGUMENT", "The referenced transaction has expired or is no longer valid.");
    }
    transaction.usedAtMs = now();
    return transaction;
  };
  const end = (transaction: Open) => {
    open.delete(transaction.id.toString());
    trim();
  };

  return {
    begin(options: TransactionOptions | undefined): Transaction {
      trim();
      const id = Buffer.from(nextId());
      const began = history.now();
      const view = history.viewAt(began);
      const reads: DocumentPath[] = [];
      const queries: CompiledQuery[] = [];
      const transaction: Open = {
        id,
        view,
        isReadOnly: options?.readOnly !== undefined,
        began,
        beganAtMs: now(),
        usedAtMs: now(),
        readDocument: (path) => void reads.push(path),
        readQuery: (query) => void queries.push(query),
        validate() {
          const isStale =
            reads.some((path) => history.changed(began, path.collection, toKey(path.id))) ||
            queries.some((query) => hasChanged(documents, history, began, view, query));
          if (isStale) throw new ApiFault("ABORTED", "Transaction lock timeout: what was read has changed meanwhile.");
        },
      };
      open.set(id.toString(), transaction);
      return transaction;
    },
    demand: (id: Uint8Array): Transaction => demand(id),
    /** Ends it, whatever comes of it. ABORTED when what it read has changed; then nothing may be written. */
    finish(id: Uint8Array, hasWrites: boolean): void {
      const transaction = demand(id);
      try {
        if (hasWrites && transaction.isReadOnly) {
          throw new ApiFault("INVALID_ARGUMENT", "Cannot modify entities in a read-only transaction.");
        }
        if (hasWrites) transaction.validate();
      } finally {
        end(transaction);
      }
    },
    rollback: (id: Uint8Array) => end(demand(id)),
    /** True while somebody may still ask for the past. */
    areOpen: () => open.size > 0,
  };
}

export type Transactions = ReturnType<typeof makeTransactions>;

function hasChanged(documents: Documents, history: History, began: number, view: View, query: CompiledQuery): boolean {
  const { source } = query;
  const isTouched =
    "collection" in source ? history.changed(began, source.collection) : history.changedBelow(began, source.below);
  if (!isTouched) return false;
  const state = (on: View) =>
    runQuery(documents, on, query).documents.map(({ name, updateTime }) => [name, updateTime]);
  return !isDeepStrictEqual(state(view), state(documents.live));
}
