import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourcePlace } from "@trimaran/contract";
import fc from "fast-check";
import { gcp } from "./provider.ts";

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/),
  fc.constantFrom("default", "google", "goog1e", "sthree-", "xn--a", "a-s3alias", "--ol-s3", "ÄÖÜ", "1"),
);
const place: fc.Arbitrary<ResourcePlace> = fc.record({
  app: word,
  environment: word,
  resource: word,
  site: word,
  region: fc.constant("here"),
});

/** What the services say of their names. */
const rules = {
  objects: { fits: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, never: /^goog|google|g00gle/ },
  kv: { fits: /^[a-z][a-z0-9-]{0,1499}$/, never: /^__.*__$/ },
  secrets: { fits: /^[A-Za-z0-9_-]{1,255}$/, never: /^$/ },
  postgres: { fits: /^[a-z][a-z0-9-]{0,97}$/, never: /-$/ },
} as const;

test("names keep the services' rules, whatever the app calls things", () => {
  fc.assert(
    fc.property(place, (of) => {
      for (const [kind, { fits, never }] of Object.entries(rules)) {
        const name = gcp.kinds[kind as keyof typeof rules].physicalName(of);
        assert.match(name, fits);
        assert.doesNotMatch(name, never);
      }
    }),
    { numRuns: 2000 },
  );
});

test("two places never share a name", () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(place, (of) => {
      for (const kind of ["objects", "kv", "secrets", "postgres"] as const) {
        const name = `${kind} ${gcp.kinds[kind].physicalName(of)}`;
        const whole = JSON.stringify(of);
        assert.equal(seen.get(name) ?? whole, whole);
        seen.set(name, whole);
      }
    }),
    { numRuns: 2000 },
  );
});
