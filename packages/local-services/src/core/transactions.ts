import type { DatabaseSync } from "node:sqlite";

/** Nests: what an inner one throws rolls back the inner one; `afterCommit` runs once the outermost has committed. */
export interface Transactions {
  run<T>(work: () => T): T;
  /** For what cannot be rolled back (a file's removal). Dropped when its transaction rolls back. */
  afterCommit(work: () => void): void;
}

export function makeTransactions(db: DatabaseSync): Transactions {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  let depth = 0;
  let later: (() => void)[] = [];

  const outer = <T>(work: () => T): T => {
    begin.run();
    depth = 1;
    later = [];
    try {
      const answer = work();
      commit.run();
      return answer;
    } catch (e) {
      later = [];
      if (db.isTransaction) rollback.run();
      throw e;
    } finally {
      depth = 0;
      const due = later;
      later = [];
      for (const each of due) each();
    }
  };

  const inner = <T>(work: () => T): T => {
    const name = `inner${depth}`;
    const mark = later.length;
    db.exec(`SAVEPOINT ${name}`);
    depth++;
    try {
      return work();
    } catch (e) {
      db.exec(`ROLLBACK TO ${name}`);
      later.length = mark;
      throw e;
    } finally {
      depth--;
      db.exec(`RELEASE ${name}`);
    }
  };

  return {
    run: (work) => (depth === 0 ? outer(work) : inner(work)),
    afterCommit(work) {
      if (depth === 0) work();
      else later.push(work);
    },
  };
}
