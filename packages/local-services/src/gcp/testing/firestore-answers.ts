/**
 * Asks a Firestore the same questions and prints the answers as JSON: run on this service and on Google's emulator, they must agree.
 * The emulator is meant where FIRESTORE_EMULATOR_HOST is set, else the service in LOCAL_FIRESTORE.
 */
import {
  AggregateField,
  type DocumentData,
  FieldPath,
  FieldValue,
  Filter,
  Firestore,
  GeoPoint,
  type Query,
  Timestamp,
} from "@google-cloud/firestore";

const local = process.env["LOCAL_FIRESTORE"];
const db = new Firestore(local === undefined ? {} : { host: new URL(local).host, ssl: true });
const docs = db.collection("docs");
const w = docs.doc("w");
const answers: (readonly [question: string, answer: unknown])[] = [];

async function answered(question: string, answer: () => Promise<unknown>): Promise<(typeof answers)[number]> {
  try {
    return [question, await answer()];
  } catch (e) {
    const { code } = e as { code?: number };
    if (code === undefined) throw e;
    return [question, `refused with ${code}`];
  }
}
async function ask(question: string, answer: () => Promise<unknown>) {
  answers.push(await answered(question, answer));
}
const ids = async (query: Query) => (await query.get()).docs.map((each) => each.id);
const fieldsOf = async () => sorted((await w.get()).data());

/** Maps have no order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value.constructor !== Object) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

const data: Readonly<Record<string, DocumentData>> = {
  a: { n: 1, s: "a", l: [1, 2], m: { x: 1, y: { z: 2 } } },
  b: { n: 2.5, s: "b", l: ["q"] },
  c: { n: null },
  d: { n: Number.NaN },
  e: { n: "str" },
  f: { n: -1 },
  g: { n: [1] },
  h: { n: { k: 1 } },
  i: { n: true },
  j: { n: new GeoPoint(1, 2) },
  k: { n: Timestamp.fromMillis(5000) },
  l: { n: Buffer.from("ab") },
  m: { other: 1 },
  n: { n: docs.doc("x") },
  o: { n: 1, s: "z\u{10000}" },
  p: { n: 0, s: "z\uffff" },
  q: { n: false },
  __id7__: { n: 7 },
  __id12__: { n: 12 },
  "z é": { n: FieldValue.vector([1, 2]) },
};
for (const [id, fields] of Object.entries(data)) await docs.doc(id).set(fields);

const name = FieldPath.documentId();
const many = (count: number) => Array.from({ length: count }, (_each, at) => at);
const refused: Readonly<Record<string, Query>> = {
  "by name, falling": docs.orderBy(name, "desc"),
  "in 31": docs.where("n", "in", many(31)),
  "not-in 11": docs.where("n", "not-in", many(11)),
  "array-contains twice": docs.where("l", "array-contains", 1).where("l", "array-contains", 2),
  "in and not-in": docs.where("n", "in", [1]).where("s", "not-in", ["q"]),
  "two !=": docs.where("n", "!=", 1).where("s", "!=", "b"),
  "36 disjunctions": docs.where("n", "in", many(6)).where("s", "in", many(6)),
};
// The client tries a refused query again for seconds: these wait together, while the rest goes on.
const refusals = Promise.all(Object.entries(refused).map(([question, query]) => answered(question, () => ids(query))));

const orders: Readonly<Record<string, Query>> = {
  "by n": docs.orderBy("n"),
  "by n, falling": docs.orderBy("n", "desc"),
  "by s": docs.orderBy("s"),
  "by name": docs,
  "by name, falling, filtered": docs.where("s", "==", "a").orderBy(name, "desc"),
  "from a value to before another": docs.orderBy("n").startAt(1).endBefore("str"),
  "after a value, falling": docs.orderBy("n", "desc").startAfter(2.5).limit(3),
  "after a name": docs.orderBy(name).startAfter("c").endAt("g"),
  "last two": docs.orderBy("n").limitToLast(2),
  "with an offset": docs.orderBy(name).offset(3).limit(2),
  "range of names": docs.where(name, ">=", "c").where(name, "<", "f"),
  "these names": docs.where(name, "in", ["c", "zz", "a"]),
  "two ranges": docs.where("n", ">=", 0).where("s", ">", "a"),
  "one or the other": docs.where(Filter.or(Filter.where("n", ">", 1), Filter.where("s", "==", "a"))),
  nested: docs.where("m.y.z", "==", 2),
  "limit 0": docs.limit(0),
};
for (const [question, query] of Object.entries(orders)) await ask(question, () => ids(query));
await ask("after a document", async () =>
  ids(
    docs
      .orderBy("n")
      .startAfter(await docs.doc("a").get())
      .limit(2),
  ),
);

for (const op of ["<", "<=", ">", ">=", "==", "!="] as const) {
  for (const value of [
    1,
    0,
    "str",
    "b",
    true,
    [1],
    ...(op.includes("=") && op.length === 2 && op !== "<=" && op !== ">=" ? [null, Number.NaN] : []),
  ]) {
    await ask(`n ${op} ${String(value)}`, () => ids(docs.where("n", op, value)));
  }
}
for (const list of [[1, "str", null, Number.NaN], [null], [Number.NaN], [1, "str"], [1, null]]) {
  for (const op of ["in", "not-in", "array-contains-any"] as const) {
    await ask(`n ${op} ${list.map(String)}`, () => ids(docs.where("n", op, list)));
  }
}
await ask("array-contains", () => ids(docs.where("l", "array-contains", 2)));
await ask("some fields", async () => {
  const found = await docs.orderBy(name).select("m.x", "s").limit(4).get();
  return found.docs.map((each) => sorted(each.data()));
});
await ask("no fields", async () => (await docs.select().limit(2).get()).docs.map((each) => each.data()));
await ask("count", async () => (await docs.where("n", ">", 0).count().get()).data().count);
await ask("aggregates", async () => {
  const all = { count: AggregateField.count(), sum: AggregateField.sum("n"), average: AggregateField.average("n") };
  const ranged = (await docs.where("n", ">", -5).aggregate(all).get()).data();
  const whole = (await docs.aggregate(all).get()).data();
  return [ranged, whole].map(({ count, sum, average }) => [count, String(sum), String(average)]);
});

await ask("create", () => w.create({ a: 1 }).then(() => "done"));
await ask("create again", () => w.create({ a: 1 }));
await ask("update a missing one", () => docs.doc("none").update({ a: 1 }));
await ask("delete a missing one", () =>
  docs
    .doc("none")
    .delete()
    .then(() => "done"),
);
await ask("delete a missing one that must exist", () => docs.doc("none").delete({ exists: true }));
await ask("merge", async () => {
  await w.set({ b: { c: 1, d: 2 } }, { merge: true });
  await w.set({ b: { c: 9 }, gone: FieldValue.delete() }, { merge: true });
  await w.update(new FieldPath("b", "e f`\\g"), 1, "x", FieldValue.increment(2));
  return fieldsOf();
});
await ask("transforms", async () => {
  await w.set({ n: 1, l: [1, 2, 2, 3], s: "x", big: 9 });
  const union = FieldValue.arrayUnion(3, 4, 4, 1);
  await w.update({ n: FieldValue.increment(1.5), l: union, s: FieldValue.increment(3), nn: FieldValue.arrayRemove(1) });
  await w.update({ l: FieldValue.arrayRemove(2, 1) });
  return fieldsOf();
});
await ask("the server's time", async () => {
  const { writeTime } = await w.set({ at: FieldValue.serverTimestamp(), b: { at: FieldValue.serverTimestamp() } });
  const read = await w.get();
  const at = read.get("at") as Timestamp;
  const isWritten = read.updateTime?.isEqual(writeTime);
  return [at.isEqual(read.get("b.at")), at.nanoseconds % 1_000_000, isWritten, writeTime.nanoseconds % 1000];
});
await ask("a write that changes nothing", async () => {
  const [one, two] = [await w.set({ k: 1 }), await w.set({ k: 1 })];
  return one.writeTime.isEqual(two.writeTime);
});
for (const [question, target, isStale] of [
  ["update with the right time", w, false],
  ["update with a stale time", w, true],
  ["update of a missing one with a time", docs.doc("none"), true],
] as const) {
  await ask(question, async () => {
    const lastUpdateTime = isStale ? Timestamp.fromMillis(1000) : (await w.get()).updateTime!;
    await target.update({ k: 2 }, { lastUpdateTime });
    return "done";
  });
}
const deep = (levels: number): unknown => (levels === 0 ? 1 : { d: deep(levels - 1) });
for (const [question, id, fields] of [
  ["a reserved id", "__x__", {}],
  ["a reserved field", "v", { __y__: 1 }],
  ["a long id", "x".repeat(1501), {}],
  ["a long value", "v", { s: "x".repeat(1048488) }],
  ["the longest value", "v", { s: "x".repeat(1048487) }],
  ["nested 20 deep", "v", deep(20)],
  ["an array in a map in an array", "v", { l: [{ x: [1] }] }],
] as const) {
  await ask(question, () =>
    docs
      .doc(id)
      .set(fields as DocumentData)
      .then(() => "done"),
  );
}
await ask("a batch that writes a document three times", async () => {
  const batch = db
    .batch()
    .set(w, { a: 1 })
    .update(w, { b: FieldValue.increment(1) })
    .update(w, { b: FieldValue.increment(1) });
  const results = await batch.commit();
  return [await fieldsOf(), results.length];
});
await ask("a batch of which one write fails", () => db.batch().set(docs.doc("half"), {}).create(w, {}).commit());
await ask("and left nothing", async () => (await docs.doc("half").get()).exists);
await ask("every type", async () => {
  const at = new Timestamp(12, 123456789);
  const numbers = { i: 42, d: 1.5, zero: -0, nan: Number.NaN, inf: -Infinity, big: 2 ** 53 };
  const others = { b: Buffer.from([0, 255]), g: new GeoPoint(0, -1.5), nul: null, arr: [], map: {}, no: false };
  await w.set({ s: "é\u{1F600}", at, ref: w, vector: FieldValue.vector([1, 2.5]), ...numbers, ...others });
  const d = (await w.get()).data()!;
  const some = [
    Object.is(d["zero"], -0),
    String(d["nan"]),
    String(d["inf"]),
    d["at"].nanoseconds,
    d["b"].toString("hex"),
  ];
  return [
    d["s"],
    d["i"],
    d["d"],
    d["big"],
    ...some,
    d["g"].latitude,
    d["g"].longitude,
    d["arr"],
    d["map"],
    d["ref"].path,
    d["vector"].toArray(),
  ];
});
await ask("some of many", async () => {
  const found = await db.getAll(docs.doc("a"), docs.doc("zz"), docs.doc("a"), { fieldMask: ["m.x"] });
  return found.map((each) => [each.exists, each.data()]);
});
await ask("what lies below", async () => {
  await docs.doc("a").collection("sub").doc("s1").set({ v: 2 });
  await docs.doc("ghost").collection("sub").doc("s2").set({ v: 1 });
  const collections = (await docs.doc("a").listCollections()).map((each) => each.id);
  const listed = (await docs.listDocuments()).map((each) => each.id);
  const group = db.collectionGroup("sub");
  return [collections, listed, await ids(docs), await ids(group), await ids(group.orderBy("v"))];
});
await ask("a transaction with a query", () =>
  db.runTransaction(async (tx) => {
    const found = await tx.get(docs.where("n", "==", 1));
    tx.set(docs.doc("seen"), { size: found.size });
    return found.size;
  }),
);
await ask("a recursive delete", async () => {
  await db.recursiveDelete(docs.doc("a"));
  return [(await docs.doc("a").get()).exists, await ids(docs.doc("a").collection("sub"))];
});
answers.push(...(await refusals));
await db.terminate();
process.stdout.write(JSON.stringify(answers));
