import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, guard, type ObjectDriver, TrimaranError, type WriteHow } from "@trimaran/contract";
import { body, collect } from "./bytes.ts";
import { memoryObjects, type ObjectStore, objectStore } from "./memory/objects.ts";
import { objects } from "./objects/suite.ts";
import { type CaseResult, runSuite } from "./suite.ts";

type Breakage = (sound: ObjectDriver, store: ObjectStore) => Partial<ObjectDriver>;

const withoutOnly = ({ contentType, metadata }: WriteHow): WriteHow => ({ contentType, metadata });

/** What is wrong, a part of the name of the case that must catch it, and how it is broken. */
const broken: readonly (readonly [string, string, Breakage])[] = [
  [
    "ignores if_absent",
    "if_absent creates once",
    (d) => ({ write: (k, b, how, c) => d.write(k, b, how.only === "if_absent" ? withoutOnly(how) : how, c) }),
  ],
  [
    "ignores ifRevision on write",
    "with a stale one",
    (d) => ({ write: (k, b, how, c) => d.write(k, b, typeof how.only === "object" ? withoutOnly(how) : how, c) }),
  ],
  ["ignores ifRevision on remove", "remove with a stale", (d) => ({ remove: (k, _how, c) => d.remove(k, {}, c) })],
  ["checks the condition before the body only", "lose no update", checksFirst],
  [
    "refuses to remove what is missing",
    "removing what is missing",
    (d) => ({
      async remove(k, how, c) {
        await d.head(k, c);
        await d.remove(k, how, c);
      },
    }),
  ],
  [
    "answers a missing object with an empty one",
    "a missing object",
    (d) => ({
      read: (k, range, c) =>
        d.read(k, range, c).catch(() => ({
          head: { key: k, size: 0, revision: "", modifiedAt: new Date(0), contentType: "", metadata: {} },
          body: body(""),
        })),
    }),
  ],
  [
    "loses the last byte",
    "byte for byte",
    (d) => ({
      async read(k, range, c) {
        const { head, body: whole } = await d.read(k, range, c);
        return { head, body: body((await collect(whole)).slice(0, -1)) };
      },
    }),
  ],
  [
    "takes bytes for text",
    "byte for byte",
    (d) => ({
      async write(k, b, how, c) {
        return d.write(k, body(new TextDecoder().decode(await collect(b))), how, c);
      },
    }),
  ],
  ["ignores the range", "a range in the middle", (d) => ({ read: (k, _range, c) => d.read(k, { from: 0 }, c) })],
  [
    "gives the range's size as the object's",
    "a range in the middle",
    (d) => ({
      async read(k, range, c) {
        const { head, body: part } = await d.read(k, range, c);
        const bytes = await collect(part);
        return { head: { ...head, size: bytes.length }, body: body(bytes) };
      },
    }),
  ],
  [
    "gives nothing past the end instead of refusing",
    "a range past the end",
    (d) => ({
      read: (k, range, c) =>
        d.read(k, range, c).catch(async (e: unknown) => {
          if (codeOf(e) !== "invalid_argument") throw e;
          return { head: await d.head(k, c), body: body("") };
        }),
    }),
  ],
  [
    "drops metadata",
    "content type and metadata come back",
    (d) => ({ write: (k, b, how, c) => d.write(k, b, { ...how, metadata: {} }, c) }),
  ],
  [
    "drops the content type",
    "content type and metadata come back",
    (d) => ({ write: (k, b, how, c) => d.write(k, b, { ...how, contentType: "application/octet-stream" }, c) }),
  ],
  [
    "keeps earlier metadata",
    "replaces bytes, content type and metadata",
    (d, store) => ({
      write: (k, b, how, c) =>
        d.write(k, b, { ...how, metadata: { ...store.objects.get(k)?.head.metadata, ...how.metadata } }, c),
    }),
  ],
  [
    "drops the last page",
    "every object once",
    (d) => ({
      async list(q, c) {
        const page = await d.list(q, c);
        return page.next === undefined && q.after !== undefined ? { items: [] } : page;
      },
    }),
  ],
  [
    "repeats the first page",
    "every object once",
    (d) => ({
      async list(q, c) {
        const { after: _after, ...first } = q;
        const page = await d.list(q, c);
        return q.after === undefined
          ? page
          : { ...page, items: [...(await d.list({ ...first, limit: 1 }, c)).items, ...page.items].slice(0, q.limit) };
      },
    }),
  ],
  ["ignores the limit", "every object once", (d) => ({ list: (q, c) => d.list({ ...q, limit: 1000 }, c) })],
  ["never ends", "an empty place", (d) => ({ list: async (q, c) => ({ next: "again", ...(await d.list(q, c)) }) })],
  [
    "pages by offset",
    "between two pages",
    (d) => ({
      async list({ prefix, limit, after }, c) {
        const all = (await d.list({ prefix, limit: 1000 }, c)).items;
        const from = Number(after ?? 0);
        const items = all.slice(from, from + limit);
        return from + limit < all.length ? { items, next: String(from + limit) } : { items };
      },
    }),
  ],
  ["lists in UTF-16 order", "in the order of the keys' UTF-8", ordered((a, b) => (a < b ? -1 : 1))],
  ["lists in a locale's order", "in the order of the keys' UTF-8", ordered((a, b) => a.localeCompare(b, "en"))],
  [
    "leaks siblings of a prefix that ends in a slash",
    "a prefix gives",
    (d) => ({ list: (q, c) => d.list({ ...q, prefix: q.prefix.replace(/\/$/, "") }, c) }),
  ],
  [
    "escapes keys and forgets to unescape them",
    "URL syntax",
    (d) => ({
      head: async (k, c) => ({ ...(await d.head(k, c)), key: encodeURI(k) }),
    }),
  ],
  ["folds case", "differ in case", renamed((key) => key.toLowerCase())],
  ["normalises composition", "differ in case or composition", renamed((key) => key.normalize("NFC"))],
  ["normalises paths", "look like paths", renamed((key) => key.replaceAll("/./", "/"))],
  ["merges slashes", "slashes at odd places", renamed((key) => key.replaceAll(/\/+/g, "/"))],
  ["trims keys", "white space", renamed((key) => key.trim())],
  ["cuts long keys", "900 bytes", renamed((key) => key.slice(0, 255))],
  [
    "has one revision for everything",
    "revisions differ",
    (d) => ({
      write: async (k, b, how, c) => ({ ...(await d.write(k, b, withoutOnly(how), c)), revision: "1" }),
      head: async (k, c) => ({ ...(await d.head(k, c)), revision: "1" }),
    }),
  ],
  [
    "gives another revision in a listing",
    "size, revision and date",
    (d) => ({
      async list(q, c) {
        const page = await d.list(q, c);
        return { ...page, items: page.items.map((head) => ({ ...head, revision: `"${head.revision}"` })) };
      },
    }),
  ],
  ["reports every error as unknown", "a missing object", everyCode("unknown")],
  [
    "reports already_exists as conflict",
    "if_absent creates once",
    (d) => ({
      write: (k, b, how, c) =>
        d.write(k, b, how, c).catch((e: unknown) => {
          throw codeOf(e) === "already_exists" ? new TrimaranError("conflict", "wrong code") : e;
        }),
    }),
  ],
  [
    "reports conflict as already_exists",
    "with a stale one",
    (d) => ({
      write: (k, b, how, c) =>
        d.write(k, b, how, c).catch((e: unknown) => {
          throw codeOf(e) === "conflict" ? new TrimaranError("already_exists", "wrong code") : e;
        }),
    }),
  ],
  ["writes while the body comes", "before it is whole", writesInPlace],
  ["keeps what came of a failed body", "body that fails", writesInPlace],
  [
    "ignores the signal",
    "an aborted signal",
    (d) => ({
      write: (k, b, how) => d.write(k, b, how, { signal: new AbortController().signal }),
    }),
  ],
  [
    "goes on reading after an abort",
    "aborted half way ends its body",
    (d) => ({
      read(k, range, { signal }) {
        signal.throwIfAborted();
        return d.read(k, range, { signal: new AbortController().signal });
      },
    }),
  ],
];

const unclassified = () => undefined;

for (const [what, caughtBy, breakage] of broken) {
  test(`a driver that ${what} is caught`, async () => {
    const results = await runBroken(breakage, caughtBy);
    assert.ok(results.length > 0, "no such case");
    assert.ok(results.some((r) => r.outcome === "fail"));
  });
}

async function runBroken(breakage: Breakage, caughtBy: string): Promise<readonly CaseResult[]> {
  let store = objectStore();
  const contention = { writers: 4, rounds: 2 };
  const cases = objects.cases.filter((one) => one.name.includes(caughtBy));
  return runSuite(
    { ...objects, cases },
    {
      name: "broken",
      contention,
      timeoutMs: 1000,
      async make() {
        const sound = memoryObjects(store);
        return guard({ ...sound, ...breakage(sound, store) }, unclassified, "test");
      },
      async reset() {
        store = objectStore();
      },
    },
  );
}

function checksFirst(d: ObjectDriver): Partial<ObjectDriver> {
  return {
    async write(key, content, how, call) {
      const old = await d.head(key, call).catch(() => undefined);
      if (how.only === "if_absent" && old) throw new TrimaranError("already_exists", "exists");
      if (typeof how.only === "object" && old?.revision !== how.only.ifRevision)
        throw new TrimaranError("conflict", "stale");
      return d.write(key, content, withoutOnly(how), call);
    },
  };
}

function writesInPlace(d: ObjectDriver, store: ObjectStore): Partial<ObjectDriver> {
  return {
    async write(key, content, how, call) {
      let head = await d.write(key, body(""), how, call);
      const parts: Uint8Array[] = [];
      for await (const part of content) {
        parts.push(part);
        const bytes = new Uint8Array(Buffer.concat(parts));
        head = { ...head, size: bytes.length };
        store.objects.set(key, { head, bytes });
      }
      return head;
    },
  };
}

function ordered(compare: (a: string, b: string) => number): Breakage {
  return (d) => ({
    async list(q, c) {
      const all = (await d.list({ prefix: q.prefix, limit: 1000 }, c)).items.toSorted((a, b) => compare(a.key, b.key));
      const from = q.after === undefined ? 0 : all.findIndex((head) => head.key === q.after) + 1;
      const items = all.slice(from, from + q.limit);
      const last = items.at(-1)?.key;
      return from + q.limit < all.length && last !== undefined ? { items, next: last } : { items };
    },
  });
}

function renamed(rename: (key: string) => string): Breakage {
  return (d) => ({
    head: (k, c) => d.head(rename(k), c),
    read: (k, range, c) => d.read(rename(k), range, c),
    write: (k, b, how, c) => d.write(rename(k), b, how, c),
    remove: (k, how, c) => d.remove(rename(k), how, c),
  });
}

function everyCode(code: "unknown"): Breakage {
  const ours = (e: unknown): never => {
    throw new TrimaranError(code, "something went wrong", { cause: e });
  };
  return (d) => ({
    head: (k, c) => d.head(k, c).catch(ours),
    read: (k, range, c) => d.read(k, range, c).catch(ours),
    write: (k, b, how, c) => d.write(k, b, how, c).catch(ours),
    remove: (k, how, c) => d.remove(k, how, c).catch(ours),
  });
}
