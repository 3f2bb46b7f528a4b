import assert from "node:assert/strict";
import { test } from "node:test";
import { bookOf, type PriceFact } from "./price-book.ts";

const fact = (more: Partial<PriceFact>): PriceFact => ({
  cloud: "aws",
  region: "us-east-1",
  service: "AWS Fargate",
  sku: null,
  item: "fargate.vcpu_hour",
  unit: "vCPU-hour",
  usd: 0.04,
  source: "https://example.com",
  as_of: "2026-01-01",
  confidence: "read",
  ...more,
});

test("one meter of several tiers, each with its own source and date; the cloud's own page beside them", () => {
  const egress = { item: "egress.internet.gb", unit: "GB" };
  const { meters, sources } = bookOf("aws", [
    fact({ ...egress, usd: 0.085, tier_from: 10_240, source: "b", as_of: null, confidence: "derived" }),
    fact({ ...egress, usd: 0.09, tier_from: 0, free_per_month: 100, source: "a", sku: "AWS Outbound" }),
  ]);
  assert.deepEqual(sources, ["a", "b"]);
  assert.equal(meters.length, 1);
  assert.deepEqual([meters[0]?.free, meters[0]?.sku], [100, "AWS Outbound"]);
  assert.match(meters[0]?.page ?? "", /^https:\/\/aws\.amazon\.com\//);
  assert.deepEqual(meters[0]?.rates, [
    { from: 0, usd: 0.09, source: 0, asOf: "2026-01-01" },
    { from: 10_240, usd: 0.085, source: 1, asOf: null, derived: true },
  ]);
});

test("only what the estimate asks for, of this cloud; the same facts in any order give the same book", () => {
  const facts = [
    fact({}),
    fact({ region: "us-west-2" }),
    fact({ item: "ec2.c5.large.hour" }),
    fact({ cloud: "gcp", item: "cloudrun.requests" }),
  ];
  const book = bookOf("aws", facts);
  assert.deepEqual(
    book.meters.map((m) => m.region),
    ["us-east-1", "us-west-2"],
  );
  assert.deepEqual(bookOf("aws", facts.toReversed()), book);
});

test("numbers of documents that nobody can look up are left out of sources and notes", () => {
  const { sources, meters } = bookOf("aws", [
    fact({
      source: "public price notes in an unnamed public repository: rates of 2026; also id 58192876521",
      note: "one zone; free amounts from id 70093781417",
    }),
  ]);
  assert.deepEqual(sources, ["an unnamed public repository: rates of 2026"]);
  assert.equal(meters[0]?.note, "one zone");
});
