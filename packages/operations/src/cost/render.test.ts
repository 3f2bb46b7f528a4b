import assert from "node:assert/strict";
import { test } from "node:test";
import type { PriceLine } from "@trimaran/contract";
import { csvOf } from "./csv.ts";
import { dollars, partsText, sumText, unitPrice } from "./dollars.ts";
import type { Estimate } from "./estimate.ts";

test("dollars: cents, thousands, and something is never written as nothing", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0.00"],
    [0.004, "<0.01"],
    [-0.004, ">-0.01"],
    [0.005, "0.01"],
    [1234567.891, "1,234,567.89"],
    [-1234.5, "-1,234.50"],
  ];
  for (const [usd, says] of cases) assert.equal(dollars(usd), says);
});

test("unit prices keep the digits of their source", () => {
  for (const [usd, says] of [
    [0.0000166667, "0.0000166667"],
    [0.04048, "0.04048"],
    [0.0000025, "0.0000025"],
    [330, "330"],
    [100, "100"],
    [4e-7, "0.0000004"],
  ] as const)
    assert.equal(unitPrice(usd), says);
});

test("a sum says what it lacks", () => {
  assert.equal(sumText({ usd: 1, unpriced: 0 }), "1.00");
  assert.equal(sumText({ usd: 1, unpriced: 2 }), "1.00 + 2 without a price");
  assert.equal(sumText({ usd: 0, unpriced: 2 }), "no price");
});

test("quantity by price, the free part by its name", () => {
  const parts = [
    { quantity: 100, usdEach: 0 },
    { quantity: 401.25, usdEach: 0.09 },
  ];
  assert.equal(partsText({ parts, quantity: 501.25, unit: "GB" }), "100 GB free + 401.25 GB at 0.09");
  assert.equal(partsText({ parts: [], quantity: 2.5, unit: "1M requests" }), "2.5 x 1M requests");
});

test("CSV: quotes doubled, no cell that a spreadsheet would run", () => {
  const line: PriceLine = {
    category: "other",
    name: '=cmd|"/c calc"',
    because: "a, b",
    quantity: 1,
    unit: "hour",
    parts: [],
    usd: null,
    item: "x",
    region: "r",
    note: "@note",
  };
  const site = { site: "-x", cloud: "aws", region: "r", lines: [line] };
  const csv = csvOf({ sites: [site], onOneCloud: [] } as unknown as Estimate);
  const row = csv.split("\r\n")[1];
  assert.equal(row, `app,'-x,aws,r,other,"'=cmd|""/c calc""","a, b",1,hour,,,,,,,'@note`);
});
