import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrimaranError } from "@trimaran/contract";
import fc from "fast-check";
import { configOf } from "../testing/harness.ts";
import { parseConfig, parseStart } from "./config.ts";

const good = configOf({ aws: [{ url: "http://127.0.0.1:1" }], azure: [{ url: "https://example.com" }] });

test("a config that holds comes back as it is", () => {
  assert.deepEqual(parseConfig(good), good);
  const target = { ...good.sites[0]!.targets[0]!, host: "app.example.com", authority: "-----BEGIN" };
  const more = { ...good, sites: [{ ...good.sites[0]!, targets: [target] }] };
  assert.deepEqual(parseConfig(more), more);
});

test("what does not hold is named by its place", () => {
  const site = good.sites[0]!;
  const target = site.targets[0]!;
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /config must be an object/],
    [{ ...good, sites: {} }, /sites must be a list/],
    [{ ...good, sites: [site, site] }, /sites must be free of doubles/],
    [{ ...good, sites: [{ ...site, targets: [target, target] }] }, /sites\[0\]\.targets must be free of doubles/],
    [
      { ...good, sites: [{ ...site, targets: [{ ...target, url: "http://a/path" }] }] },
      /sites\[0\]\.targets\[0\]\.url/,
    ],
    [{ ...good, sites: [{ ...site, targets: [{ ...target, revision: "a\r\nb" }] }] }, /revision must be printable/],
    [
      {
        ...good,
        sites: [
          { ...site, weight: 1e9 },
          { ...good.sites[1]!, weight: 1 },
        ],
      },
      /ratio/,
    ],
    [{ ...good, affinity: "sticky" }, /affinity must be none or session/],
    [{ ...good, cookieKey: "abc" }, /cookieKey/],
    [{ ...good, health: { ...good.health, errors: 2 } }, /health\.errors must be a number from 0 to 1/],
    [{ ...good, limits: { ...good.limits, connectTimeoutMs: 0 } }, /limits\.connectTimeoutMs/],
  ];
  for (const [input, says] of cases) assert.throws(() => parseConfig(input), says);
  assert.throws(() => parseStart({ config: good, listen: { host: "::", port: 70_000 } }), /listen\.port/);
});

test("any JSON at all is a config or invalid_argument", () => {
  const keys = [...Object.keys(good), ...Object.keys(good.limits), ...Object.keys(good.sites[0]!.targets[0]!)];
  const anything = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()));
  fc.assert(
    fc.property(fc.constantFrom(...keys), anything, (key, value) => {
      for (const input of [
        value,
        { ...good, [key]: value },
        { ...good, sites: [{ ...good.sites[0]!, [key]: value }] },
      ]) {
        try {
          parseConfig(input);
        } catch (e) {
          assert.ok(isTrimaranError(e) && e.code === "invalid_argument", String(e));
        }
      }
    }),
    { numRuns: 300 },
  );
});
