import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openStore } from "../../core/store.ts";
import { ApiFault } from "../faults.ts";
import { readSchema } from "../grpc.ts";
import { makeCommits } from "./commits.ts";
import { makeDocuments } from "./documents.ts";
import { makeExpiry } from "./expiry.ts";
import { makeHistory } from "./history.ts";
import { database } from "./paths.ts";
import { firestoreSchema } from "./schema.ts";
import { makeTimes } from "./times.ts";
import { makeTransactions } from "./transactions.ts";

const nameOf = (id: string) => `${database}/documents/c/${id}`;
const pathOf = (id: string) => ({ collection: "c", id });

function start(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "firestore-"));
  const store = openStore(folder);
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const clock = { now: 1_700_000_000_000 };
  const now = () => clock.now;
  const documents = makeDocuments(store.records, readSchema(firestoreSchema));
  const history = makeHistory(documents.live);
  const times = makeTimes(store.records, now);
  let count = 0;
  const transactions = makeTransactions(documents, history, now, () => `t${count++}`);
  const commit = makeCommits(store.records, documents, history, times, transactions.areOpen);
  const write = (id: string, n: string) =>
    commit([{ update: { name: nameOf(id), fields: { n: { integerValue: n } } } }]);
  return { store, clock, now, documents, times, transactions, commit, write };
}

const isAborted = (e: unknown) => e instanceof ApiFault && e.code === "ABORTED";
const isExpired = (e: unknown) => e instanceof ApiFault && e.code === "INVALID_ARGUMENT";

test("commit times strictly increase in microseconds, also when the clock stands or goes back", (t) => {
  const { clock, write } = start(t);
  const seen: bigint[] = [];
  for (const step of [0, 0, 5, -10_000, 0, 1]) {
    clock.now += step;
    const { seconds = 0, nanos = 0 } = write("a", String(seen.length)).commitTime;
    assert.equal(nanos % 1000, 0);
    seen.push(BigInt(seconds) * 1_000_000n + BigInt(nanos / 1000));
  }
  for (const [at, time] of seen.entries()) if (at > 0) assert.ok(time > seen[at - 1]!);
});

test("a commit is all or nothing", (t) => {
  const { documents, commit, write } = start(t);
  write("here", "1");
  assert.throws(() =>
    commit([
      { update: { name: nameOf("new"), fields: {} } },
      { update: { name: nameOf("here"), fields: {} }, currentDocument: { exists: false } },
    ]),
  );
  assert.equal(documents.get(documents.live, pathOf("new")), undefined);
});

test("a transaction sees its own moment, and is refused when what it read changed", (t) => {
  const { documents, transactions, write, commit } = start(t);
  write("a", "1");
  const reader = transactions.begin({ readOnly: {} });
  const writer = transactions.begin(undefined);
  writer.readDocument(pathOf("a"));
  write("a", "2");
  write("b", "2");
  commit([{ delete: nameOf("a") }]);
  assert.deepEqual(documents.get(reader.view, pathOf("a"))?.fields, { n: { integerValue: "1" } });
  assert.deepEqual(
    [...documents.scan(reader.view, "c")].map(({ path }) => path.id),
    ["a"],
  );
  assert.deepEqual(
    [...documents.scan(documents.live, "c")].map(({ path }) => path.id),
    ["b"],
  );
  assert.throws(() => transactions.finish(writer.id, true), isAborted);
  transactions.finish(reader.id, false);
  assert.equal(transactions.areOpen(), false);
});

test("a transaction that nobody ends expires", (t) => {
  const { clock, transactions } = start(t);
  const { id } = transactions.begin(undefined);
  clock.now += 61_000;
  assert.throws(() => transactions.demand(id), isExpired);
  assert.equal(transactions.areOpen(), false);
});

test("documents go when their time is past, others stay", (t) => {
  const { store, clock, now, documents, commit } = start(t);
  const expiry = makeExpiry(store.records, documents, commit, now);
  t.after(() => expiry.stop());
  expiry.watch("c", "until");
  const until = (ms: number) => ({ until: { timestampValue: { seconds: String(Math.floor(ms / 1000)), nanos: 0 } } });
  commit([
    { update: { name: nameOf("soon"), fields: until(clock.now + 1000) } },
    { update: { name: nameOf("later"), fields: until(clock.now + 9000) } },
    { update: { name: nameOf("never"), fields: { until: { stringValue: "never" } } } },
  ]);
  expiry.sweep();
  assert.equal([...documents.scan(documents.live, "c")].length, 3);
  clock.now += 5000;
  expiry.sweep();
  assert.deepEqual(
    [...documents.scan(documents.live, "c")].map(({ path }) => path.id),
    ["later", "never"],
  );
});
