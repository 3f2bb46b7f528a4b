import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isLong } from "../../../../../test/parts.ts";
import type { EdmValue } from "./edm.ts";
import { type Filter, parseFilter, passes } from "./filter.ts";

const numRuns = isLong ? 20_000 : 500;

const date = fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
const value: fc.Arbitrary<EdmValue> = fc.oneof(
  fc.string({ unit: "binary" }).map((text): EdmValue => ({ type: "String", value: text })),
  fc.boolean().map((yes): EdmValue => ({ type: "Boolean", value: yes })),
  fc.integer().map((n): EdmValue => ({ type: "Int32", value: n })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n): EdmValue => ({ type: "Int64", value: String(n) })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((n): EdmValue => ({ type: "Double", value: n === 0 ? 0 : n })),
  fc.uuid().map((id): EdmValue => ({ type: "Guid", value: id })),
  date.map((d): EdmValue => ({ type: "DateTime", value: d.toISOString().replace(/\.?0*Z$/, "Z") })),
  fc.uint8Array().map((bytes): EdmValue => ({ type: "Binary", value: Buffer.from(bytes).toString("base64") })),
);
const name = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  .filter((word) => !/^(and|or|not|true|false|eq|ne|gt|ge|lt|le)$/.test(word));
const op = fc.constantFrom("eq", "ne", "gt", "ge", "lt", "le");

const plain = { noNullPrototype: true };
const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 5 },
    fc.record({ is: fc.constant("compare"), op, name, value }, plain) as fc.Arbitrary<Filter>,
    fc.record(
      { is: fc.constantFrom("and", "or"), left: tie("filter"), right: tie("filter") },
      plain,
    ) as fc.Arbitrary<Filter>,
    fc.record({ is: fc.constant("not"), of: tie("filter") }, plain) as fc.Arbitrary<Filter>,
  ),
})).filter;

function literal({ type, value: v }: EdmValue): string {
  if (type === "String") return `'${String(v).replaceAll("'", "''")}'`;
  if (type === "Int64") return `${v}L`;
  if (type === "Double") return /[.e]/.test(String(v)) ? String(v) : `${v}.0`;
  if (type === "Guid") return `guid'${v}'`;
  if (type === "DateTime") return `datetime'${v}'`;
  if (type === "Binary") return `X'${Buffer.from(String(v), "base64").toString("hex")}'`;
  return String(v);
}

const binding = { or: 1, and: 2, not: 3, compare: 4 } as const;

/** With no more parentheses than are needed, so that the parser's precedence is what is tested. */
function printed(filter: Filter): string {
  const child = (of: Filter, least: number) => (binding[of.is] < least ? `(${printed(of)})` : printed(of));
  if (filter.is === "compare") return `${filter.name} ${filter.op} ${literal(filter.value)}`;
  if (filter.is === "not") return `not ${child(filter.of, binding.not)}`;
  return `${child(filter.left, binding[filter.is])} ${filter.is} ${child(filter.right, binding[filter.is] + 1)}`;
}

describe("$filter", () => {
  test("what is written as text is read back as it was", () => {
    fc.assert(
      fc.property(filters, (filter) => assert.deepEqual(parseFilter(printed(filter)), filter)),
      { numRuns },
    );
  });

  test("any text is a filter or InvalidInput", () => {
    const words = fc.constantFrom(
      "and",
      "or",
      "not",
      "(",
      ")",
      "eq",
      "a",
      "'x'",
      "1",
      "2L",
      "true",
      "guid'",
      "'",
      "X'0g'",
      "€",
      "datetime'x'",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          parseFilter(input);
        } catch (e) {
          assert.equal((e as { code?: unknown }).code, "InvalidInput");
        }
      }),
      { numRuns },
    );
  });

  const entity: Readonly<Record<string, EdmValue>> = {
    PartitionKey: { type: "String", value: "p" },
    n: { type: "Int32", value: 5 },
    big: { type: "Int64", value: "9007199254740993" },
    yes: { type: "Boolean", value: true },
    at: { type: "DateTime", value: "2026-01-02T03:04:05.1Z" },
  };
  for (const [filter, wanted] of [
    ["PartitionKey eq 'p'", true],
    ["PartitionKey gt 'o' and PartitionKey lt 'q'", true],
    ["n eq 5L", true],
    ["n gt 4.5", true],
    ["5 eq n", true],
    ["6 gt n", true],
    ["big eq 9007199254740993L", true],
    ["big eq 9007199254740992L", false],
    ["yes", true],
    ["not yes", false],
    ["not (n eq 5) or n lt 6", true],
    ["at ge datetime'2026-01-02T03:04:05Z'", true],
    ["at eq datetime'2026-01-02T03:04:05.1000000Z'", true],
    ["missing eq 1", false],
    ["missing ne 1", false],
    ["n eq '5'", false],
    ["(n eq 1 or n eq 5) and PartitionKey ne 'x'", true],
    ["n eq 5 or n eq 1 and n eq 2", true],
  ] as const) {
    test(`${filter} is ${wanted}`, () =>
      assert.equal(
        passes(parseFilter(filter), (of) => entity[of]),
        wanted,
      ));
  }
});
