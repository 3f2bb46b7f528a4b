import assert from "node:assert/strict";
import { test } from "node:test";
import { guard, type SecretDriver, TrimaranError } from "@trimaran/contract";
import { memorySecrets, type SecretStore, secretStore } from "./memory/secrets.ts";
import { secrets } from "./secrets/suite.ts";
import { runSuite } from "./suite.ts";

type Breakage = (sound: SecretDriver, store: SecretStore) => Partial<SecretDriver>;

/** What is wrong, a part of the name of the case that must catch it, and how it is broken. */
const broken: readonly (readonly [string, string, Breakage])[] = [
  [
    "gives the first version for ever",
    "newest version",
    (d, store) => ({
      get: (name, version, c) => d.get(name, version ?? store.secrets.get(name)?.[0]?.version, c),
    }),
  ],
  [
    "gives the newest for any version",
    "older version",
    (d) => ({ get: (name, _version, c) => d.get(name, undefined, c) }),
  ],
  [
    "answers a missing secret with nothing",
    "a missing secret",
    (d) => ({
      get: (name, version, c) => d.get(name, version, c).catch(() => ({ value: "", version: "" })),
    }),
  ],
  ["cuts values at 4 KiB", "25 KiB", (d) => ({ put: (name, value, c) => d.put(name, value.slice(0, 4096), c) })],
  ["trims values", "white space at both ends", (d) => ({ put: (name, value, c) => d.put(name, value.trim(), c) })],
  [
    "takes values for Latin-1",
    "many scripts",
    (d) => ({
      put: (name, value, c) => d.put(name, Buffer.from(value, "latin1").toString("latin1"), c),
    }),
  ],
  [
    "reserves a removed name",
    "put again at once",
    (d, store) => {
      const removed = new Set<string>();
      return {
        async remove(name, c) {
          if (store.secrets.has(name)) removed.add(name);
          await d.remove(name, c);
        },
        async put(name, value, c) {
          if (removed.has(name)) throw new TrimaranError("conflict", "scheduled for deletion");
          return d.put(name, value, c);
        },
      };
    },
  ],
  [
    "refuses to remove what is missing",
    "removing what is missing",
    (d) => ({
      async remove(name, c) {
        await d.get(name, undefined, c);
        await d.remove(name, c);
      },
    }),
  ],
  [
    "lists in another order",
    "in order",
    (d) => ({
      async list(q, c) {
        const page = await d.list(q, c);
        return { ...page, items: page.items.toReversed() };
      },
    }),
  ],
  [
    "drops the last page",
    "every name once",
    (d) => ({
      async list(q, c) {
        const page = await d.list(q, c);
        return page.next === undefined && q.after !== undefined ? { items: [] } : page;
      },
    }),
  ],
  [
    "lists a name once a version",
    "every name once",
    (d, store) => ({
      async list(q, c) {
        const page = await d.list(q, c);
        return {
          ...page,
          items: page.items.flatMap(({ name }) => (store.secrets.get(name) ?? []).map(() => ({ name }))),
        };
      },
    }),
  ],
  [
    "lists what was removed",
    "remove takes a secret away",
    (d) => {
      const ever = new Set<string>();
      return {
        async put(name, value, c) {
          ever.add(name);
          return d.put(name, value, c);
        },
        list: async () => ({ items: [...ever].sort().map((name) => ({ name })) }),
      };
    },
  ],
  [
    "cuts long names",
    "127 characters",
    (d) => ({
      get: (name, version, c) => d.get(name.slice(0, 64), version, c),
      put: (name, value, c) => d.put(name.slice(0, 64), value, c),
    }),
  ],
  [
    "caches",
    "newest version",
    (d) => {
      const cache = new Map<string, { readonly value: string; readonly version: string }>();
      return {
        async get(name, version, c) {
          const found = cache.get(name) ?? (await d.get(name, version, c));
          cache.set(name, found);
          return found;
        },
      };
    },
  ],
  [
    "ignores the signal",
    "an aborted signal",
    (d) => ({ put: (name, value) => d.put(name, value, { signal: new AbortController().signal }) }),
  ],
  [
    "throws the service's own errors",
    "a missing secret",
    (d) => ({
      get: (name, version, c) =>
        d.get(name, version, c).catch(() => Promise.reject(new Error("ResourceNotFoundException"))),
    }),
  ],
];

for (const [what, caughtBy, breakage] of broken) {
  test(`a driver that ${what} is caught`, async () => {
    let store = secretStore();
    let driver: SecretDriver | undefined;
    const results = await runSuite(
      { ...secrets, cases: secrets.cases.filter((one) => one.name.includes(caughtBy)) },
      {
        name: "broken",
        timeoutMs: 1000,
        async make() {
          const sound = memorySecrets(store);
          driver ??= { ...sound, ...breakage(sound, store) };
          return guard(driver, () => undefined, "test");
        },
        async reset() {
          store = secretStore();
          driver = undefined;
        },
      },
    );
    assert.ok(results.length > 0, "no such case");
    assert.ok(results.some((r) => r.outcome === "fail"));
  });
}
