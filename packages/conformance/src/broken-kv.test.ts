import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, guard, type KvDriver, type KvEntry, TrimaranError } from "@trimaran/contract";
import { kv } from "./kv/suite.ts";
import { type KvStore, kvStore, memoryKv } from "./memory/kv.ts";
import { type CaseResult, runSuite } from "./suite.ts";

type Breakage = (sound: KvDriver, store: KvStore) => Partial<KvDriver>;
type PutHow = Parameters<KvDriver["put"]>[2];

const withoutOnly = ({ only: _only, ...rest }: PutHow): PutHow => rest;
const withoutExpiry = ({ expiresInSeconds: _seconds, ...rest }: PutHow): PutHow => rest;
const bare = ({ key, value, revision }: KvEntry): KvEntry => ({ key, value, revision });

/** What is wrong, a part of the name of the case that must catch it, and how it is broken. */
const broken: readonly (readonly [string, string, Breakage])[] = [
  [
    "ignores if_absent",
    "if_absent creates once",
    (d) => ({ put: (k, v, how, c) => d.put(k, v, how.only === "if_absent" ? withoutOnly(how) : how, c) }),
  ],
  [
    "ignores ifRevision on put",
    "with a stale one",
    (d) => ({ put: (k, v, how, c) => d.put(k, v, typeof how.only === "object" ? withoutOnly(how) : how, c) }),
  ],
  ["ignores ifRevision on remove", "remove with a stale", (d) => ({ remove: (k, _how, c) => d.remove(k, {}, c) })],
  ["reads, compares and then writes", "lose no update", comparesItself],
  [
    "lets ifRevision make what is gone",
    "of what is gone",
    (d, store) => ({
      put: (k, v, how, c) => d.put(k, v, store.entries.has(k) ? how : withoutOnly(how), c),
    }),
  ],
  [
    "throws for a missing key",
    "a missing key",
    (d) => ({
      async get(k, c) {
        const entry = await d.get(k, c);
        if (entry === undefined) throw new TrimaranError("not_found", "no such key");
        return entry;
      },
    }),
  ],
  [
    "refuses to remove what is missing",
    "removing what is missing",
    (d) => ({
      async remove(k, how, c) {
        if ((await d.get(k, c)) === undefined) throw new TrimaranError("not_found", "no such key");
        return d.remove(k, how, c);
      },
    }),
  ],
  [
    "takes bytes for text",
    "every byte",
    (d) => ({ put: (k, v, how, c) => d.put(k, new TextEncoder().encode(new TextDecoder().decode(v)), how, c) }),
  ],
  [
    "takes an empty value for none",
    "an empty value",
    (d) => ({
      async get(k, c) {
        const entry = await d.get(k, c);
        return entry?.value.length === 0 ? undefined : entry;
      },
    }),
  ],
  [
    "cuts a value at 64 KiB",
    "64 KiB and one byte",
    (d) => ({ put: (k, v, how, c) => d.put(k, v.slice(0, 65_536), how, c) }),
  ],
  [
    "drops the last page",
    "every entry once",
    (d) => ({
      async scan(q, c) {
        const page = await d.scan(q, c);
        return page.next === undefined && q.after !== undefined ? { items: [] } : page;
      },
    }),
  ],
  [
    "stops at 1 MiB",
    "own limit on an answer's size",
    (d) => ({
      async scan(q, c) {
        const { items, next } = await d.scan(q, c);
        let size = 0;
        const few = items.filter((entry) => (size += entry.value.length) <= 1024 * 1024);
        return next === undefined ? { items: few } : { items: few, next };
      },
    }),
  ],
  [
    "repeats the first page",
    "every entry once",
    (d) => ({
      async scan(q, c) {
        const page = await d.scan(q, c);
        return q.after === undefined
          ? page
          : { ...page, items: [...(await d.scan({ limit: 1 }, c)).items, ...page.items].slice(0, q.limit) };
      },
    }),
  ],
  [
    "pages by offset",
    "keeps its place",
    (d) => ({
      async scan({ limit, after }, c) {
        const all = (await d.scan({ limit: 1000 }, c)).items;
        const from = Number(after ?? 0);
        const items = all.slice(from, from + limit);
        return from + limit < all.length ? { items, next: String(from + limit) } : { items };
      },
    }),
  ],
  ["ignores the limit", "every entry once", (d) => ({ scan: (q, c) => d.scan({ ...q, limit: 1000 }, c) })],
  ["never ends", "an empty place", (d) => ({ scan: async (q, c) => ({ next: "again", ...(await d.scan(q, c)) }) })],
  [
    "has one revision for everything",
    "revisions differ",
    (d) => ({
      async put(k, v, how, c) {
        await d.put(k, v, withoutOnly(how), c);
        return { revision: "1" };
      },
      async get(k, c) {
        const entry = await d.get(k, c);
        return entry && { ...entry, revision: "1" };
      },
    }),
  ],
  ["folds case", "differ in case", renamed((key) => key.toLowerCase())],
  ["normalises composition", "composition", renamed((key) => key.normalize("NFC"))],
  ["trims keys", "edges", renamed((key) => key.trim())],
  ["cuts long keys", "255 bytes", renamed((key) => key.slice(0, 100))],
  [
    "reports every error as unknown",
    "if_absent creates once",
    (d) => ({
      put: (k, v, how, c) =>
        d.put(k, v, how, c).catch((e: unknown) => {
          throw new TrimaranError("unknown", "something went wrong", { cause: e });
        }),
    }),
  ],
  [
    "reports already_exists as conflict",
    "if_absent creates once",
    (d) => ({
      put: (k, v, how, c) =>
        d.put(k, v, how, c).catch((e: unknown) => {
          throw codeOf(e) === "already_exists" ? new TrimaranError("conflict", "wrong code") : e;
        }),
    }),
  ],
  [
    "ignores the signal",
    "an aborted signal",
    (d) => ({ put: (k, v, how) => d.put(k, v, how, { signal: new AbortController().signal }) }),
  ],
  [
    "never lets anything expire",
    "gone for get and scan",
    (d) => ({ put: (k, v, how, c) => d.put(k, v, withoutExpiry(how), c) }),
  ],
  [
    "gives expired entries until the service deletes them",
    "gone for get and scan",
    (_sound, store) => ({
      async get(k, { signal }) {
        signal.throwIfAborted();
        const entry = store.entries.get(k);
        return entry && bare(entry);
      },
    }),
  ],
  [
    "scans expired entries",
    "gone for get and scan",
    (d, store) => ({
      async scan(q, c) {
        const page = await d.scan(q, c);
        const all = new Map(page.items.map((entry) => [entry.key, entry]));
        for (const [key, entry] of store.entries) if (q.after === undefined) all.set(key, bare(entry));
        return { ...page, items: [...all.values()] };
      },
    }),
  ],
  [
    "counts expired entries for if_absent",
    "counts as absent",
    (d, store) => ({
      async put(k, v, how, c) {
        if (how.only === "if_absent" && store.entries.has(k)) throw new TrimaranError("already_exists", "exists");
        return d.put(k, v, how, c);
      },
    }),
  ],
  [
    "keeps an earlier expiry",
    "takes an earlier expiry away",
    (d, store) => ({
      async put(k, v, how, c) {
        const expiresAt = store.entries.get(k)?.expiresAt ?? Number.POSITIVE_INFINITY;
        const out = await d.put(k, v, how, c);
        const entry = store.entries.get(k);
        if (entry && how.expiresInSeconds === undefined) store.entries.set(k, { ...entry, expiresAt });
        return out;
      },
    }),
  ],
  [
    "takes seconds for milliseconds",
    "until it expires",
    (d, store) => ({
      async put(k, v, how, c) {
        const out = await d.put(k, v, how, c);
        const entry = store.entries.get(k);
        if (entry && how.expiresInSeconds !== undefined) store.entries.set(k, { ...entry, expiresAt: 0 });
        return out;
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
  let store = kvStore();
  let passed = 0;
  const cases = kv.cases.filter((one) => one.name.includes(caughtBy));
  return runSuite(
    { ...kv, cases },
    {
      name: "broken",
      contention: { writers: 4, rounds: 2 },
      timeoutMs: 1000,
      async make() {
        const sound = memoryKv(store, { now: () => Date.now() + passed });
        return guard({ ...sound, ...breakage(sound, store) }, unclassified, "test");
      },
      async reset() {
        store = kvStore();
      },
      async pass(ms) {
        passed += ms;
      },
    },
  );
}

function comparesItself(d: KvDriver): Partial<KvDriver> {
  return {
    async put(key, value, how, call) {
      const old = await d.get(key, call);
      if (how.only === "if_absent" && old) throw new TrimaranError("already_exists", "exists");
      if (typeof how.only === "object" && old?.revision !== how.only.ifRevision)
        throw new TrimaranError("conflict", "stale");
      return d.put(key, value, withoutOnly(how), call);
    },
  };
}

function renamed(rename: (key: string) => string): Breakage {
  return (d) => ({
    get: (k, c) => d.get(rename(k), c),
    put: (k, v, how, c) => d.put(rename(k), v, how, c),
    remove: (k, how, c) => d.remove(rename(k), how, c),
  });
}
