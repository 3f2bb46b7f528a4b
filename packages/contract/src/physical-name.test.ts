import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { physicalName, placeParts } from "./physical-name.ts";

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/),
  fc.string({ unit: "binary", minLength: 1, maxLength: 70 }),
);
const parts = fc.array(word, { minLength: 3, maxLength: 4 });
const rules = fc.record({
  maxLength: fc.integer({ min: 24, max: 128 }),
  separator: fc.constantFrom("-" as const, "" as const),
});

test("a name keeps the rules, whatever the parts", () => {
  fc.assert(
    fc.property(parts, rules, (given, rule) => {
      const name = physicalName(given, rule);
      assert.match(name, rule.separator === "" ? /^[a-z][a-z0-9]+$/ : /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      assert.ok(name.length <= rule.maxLength);
      assert.equal(physicalName([...given], rule), name);
    }),
    { numRuns: 2000 },
  );
});

test("other parts give another name", () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(parts, (given) => {
      const whole = JSON.stringify(given);
      for (const separator of ["-", ""] as const) {
        const name = physicalName(given, { maxLength: 63, separator });
        assert.equal(seen.get(name + separator) ?? whole, whole);
        seen.set(name + separator, whole);
      }
    }),
    { numRuns: 2000 },
  );
  const of = (...given: string[]) => physicalName(given, { maxLength: 63, separator: "-" });
  assert.notEqual(of("a", "b-c"), of("a-b", "c"));
  assert.notEqual(of("a", "B"), of("a", "b"));
});

test("plain words stay readable, and names do not change from version to version", () => {
  const of = { app: "medassistant", environment: "default", resource: "documents", site: "aws", region: "us-east-1" };
  const rule = { maxLength: 63, separator: "-" } as const;
  assert.equal(physicalName(placeParts(of), rule), "medassistant-documents-aws");
  const staging = placeParts({ ...of, environment: "staging" });
  assert.equal(physicalName(staging, rule), "medassistant-staging-documents-aws");
  assert.equal(physicalName(staging, { ...rule, separator: "" }), "medassistantstagingdocumentsaws1weo9r65boavl");
  assert.equal(physicalName(["my-app", "files", "aws"], rule), "my-app-files-aws-04wovv218na3l");
});
