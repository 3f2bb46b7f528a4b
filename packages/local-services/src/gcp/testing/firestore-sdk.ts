/** @google-cloud/firestore on transactions and paging; a program of its own, so that the environment signs it in. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Firestore } from "@google-cloud/firestore";

const db = new Firestore({ host: new URL(process.env["LOCAL_FIRESTORE"]!).host, ssl: true });
after(() => db.terminate());
const docs = db.collection("sdk");
const one = docs.doc("one");
const two = docs.doc("two");

test("of many writers at once each counts", async () => {
  await one.set({ n: 0 });
  const increment = () =>
    db.runTransaction(
      async (tx) => {
        const now = await tx.get(one);
        tx.update(one, { n: now.get("n") + 1 });
      },
      { maxAttempts: 20 },
    );
  await Promise.all(Array.from({ length: 5 }, increment));
  assert.equal((await one.get()).get("n"), 5);
});

test("a transaction whose document changed meanwhile runs again", async () => {
  await one.set({ n: 5 });
  let tries = 0;
  await db.runTransaction(async (tx) => {
    tries++;
    const now = await tx.get(one);
    if (tries === 1) await one.set({ n: 6 });
    tx.set(one, { n: now.get("n") + 1 });
  });
  assert.deepEqual([(await one.get()).get("n"), tries], [7, 2]);
});

test("a transaction whose query would now find more runs again", async () => {
  const kind = docs.where("kind", "==", "phantom");
  let tries = 0;
  await db.runTransaction(async (tx) => {
    tries++;
    const found = await tx.get(kind);
    if (tries === 1) await docs.add({ kind: "phantom" });
    tx.set(two, { size: found.size });
  });
  assert.deepEqual([(await two.get()).get("size"), tries], [1, 2]);
});

test("writes elsewhere in a collection do not disturb a transaction", async () => {
  let tries = 0;
  await db.runTransaction(async (tx) => {
    tries++;
    await tx.get(one);
    await tx.get(docs.where("kind", "==", "none"));
    await docs.add({ kind: "other" });
    tx.set(two, { done: true });
  });
  assert.equal(tries, 1);
});

test("a read-only transaction sees one moment, whatever is written meanwhile", async () => {
  await db.batch().set(one, { n: 1 }).set(two, { n: 1 }).commit();
  const seen = await db.runTransaction(
    async (tx) => {
      const first = (await tx.get(one)).get("n");
      await db.batch().set(one, { n: 2 }).delete(two).set(docs.doc("three"), { n: 1 }).commit();
      const rest = await tx.get(docs.where("n", "==", 1));
      return [first, (await tx.get(two)).get("n"), rest.docs.map((each) => each.id)];
    },
    { readOnly: true },
  );
  assert.deepEqual(seen, [1, 1, ["one", "two"]]);
});

test("a transaction that fails leaves nothing", async () => {
  await one.set({ n: 1 });
  const failing = db.runTransaction(async (tx) => {
    await tx.get(one);
    tx.set(one, { gone: true });
    throw new Error("on purpose");
  });
  await assert.rejects(failing, /on purpose/);
  assert.deepEqual((await one.get()).data(), { n: 1 });
});

test("pages by cursor go through everything once", async () => {
  const pages = db.collection("pages");
  const wanted = Array.from({ length: 650 }, (_each, at) => `k${String(at).padStart(4, "0")}`);
  const writer = db.bulkWriter();
  for (const id of wanted) void writer.set(pages.doc(id), { at: id });
  await writer.close();
  const seen: string[] = [];
  for (let last = ""; ; last = seen.at(-1) ?? "") {
    const query = pages.orderBy("__name__").limit(100);
    const page = await (last === "" ? query : query.startAfter(last)).get();
    if (page.empty) break;
    seen.push(...page.docs.map((each) => each.id));
  }
  assert.deepEqual(seen, wanted);
});

test("what is not served says so", async () => {
  const partitions = async () => {
    for await (const _any of db.collectionGroup("sdk").getPartitions(2)) assert.fail("there are none");
  };
  await assert.rejects(partitions, (e: { code?: number }) => e.code === 12);
  const other = new Firestore({ host: new URL(process.env["LOCAL_FIRESTORE"]!).host, ssl: true, databaseId: "other" });
  await assert.rejects(other.doc("a/b").listCollections(), (e: { code?: number }) => e.code === 5);
  await other.terminate();
});
