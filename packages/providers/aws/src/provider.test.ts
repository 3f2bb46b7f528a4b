import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourcePlace } from "@trimaran/contract";
import fc from "fast-check";
import { aws } from "./provider.ts";

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
  objects: {
    fits: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    never: /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/,
  },
  kv: { fits: /^[a-zA-Z0-9_.-]{3,255}$/, never: /^$/ },
  secrets: { fits: /^[a-zA-Z0-9/_+=.@-]{1,512}$/, never: /^$/ },
  postgres: { fits: /^[a-z][a-z0-9-]{0,62}$/, never: /--|-$/ },
} as const;

test("names keep the services' rules, whatever the app calls things", () => {
  fc.assert(
    fc.property(place, (of) => {
      for (const [kind, { fits, never }] of Object.entries(rules)) {
        const name = aws.kinds[kind as keyof typeof rules].physicalName(of);
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
        const name = `${kind} ${aws.kinds[kind].physicalName(of)}`;
        const whole = JSON.stringify(of);
        assert.equal(seen.get(name) ?? whole, whole);
        seen.set(name, whole);
      }
    }),
    { numRuns: 2000 },
  );
});
