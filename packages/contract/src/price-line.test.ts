import assert from "node:assert/strict";
import { test } from "node:test";
import type { PriceBook, PriceMeter } from "./price.ts";
import { askBook, charge, figure, modelItem, priceLine, sumOf } from "./price-line.ts";

const rate = (from: number, usd: number, source = 0) => ({ from, usd, source, asOf: "2026-01-01" });
const meter = (item: string, region: string, more: Partial<PriceMeter> = {}): PriceMeter => ({
  item,
  region,
  service: "s",
  unit: "GB",
  page: "https://aws.amazon.com/",
  rates: [rate(0, 1)],
  ...more,
});
const book: PriceBook = {
  cloud: "aws",
  sources: ["first", "second"],
  meters: [
    meter("traffic", "here", { free: 10, rates: [rate(0, 2), rate(100, 1, 1)] }),
    meter("traffic", "global"),
    meter("ai.small.global.input", "here"),
    meter("ai.small.regional.input", "here"),
    meter("ai.big.regional.input", "here", { sku: "vendor.big-v1:0 more" }),
    meter("ai.far.input", "there"),
  ],
};
const ask = (quantity: number, more = {}) => ({
  category: "network" as const,
  name: "Traffic",
  because: "x",
  item: "traffic",
  quantity,
  unit: "GB",
  regions: ["here", "global"],
  ...more,
});

test("the free part first, then each tier's price for what lies within it", () => {
  const m = book.meters[0] as PriceMeter;
  assert.deepEqual(charge(m, 10), [{ quantity: 10, usdEach: 0 }]);
  assert.deepEqual(charge(m, 150), [
    { quantity: 10, usdEach: 0 },
    { quantity: 90, usdEach: 2 },
    { quantity: 50, usdEach: 1 },
  ]);
  assert.deepEqual(charge(m, 50, { after: 80 }), [
    { quantity: 20, usdEach: 2 },
    { quantity: 30, usdEach: 1 },
  ]);
  assert.equal(sumOf(charge(m, 75, { share: 0.5 })), 115); // 5 free, 45 at 2, 25 at 1
  assert.deepEqual(charge(m, 0), []);
});

test("a line says where its price is from: the source of the rate that most is paid at", () => {
  const line = priceLine(book, ask(50));
  assert.deepEqual([line.usd, line.source, line.region, line.asOf], [80, "first", "here", "2026-01-01"]);
  assert.equal(priceLine(book, ask(1000)).source, "second");
  assert.equal(priceLine(book, ask(5, { regions: ["there", "global"] })).usd, 5);
});

test("no meter, or one in another unit: no price, which is not 0, and the reason", () => {
  const missing = priceLine(book, ask(5, { regions: ["there"] }));
  assert.equal(missing.usd, null);
  assert.deepEqual(missing.parts, []);
  assert.match(missing.note ?? "", /for there; it is for here, global/);
  assert.equal(priceLine(book, ask(5, { item: "none" })).note, "not in the price book");
  assert.equal(priceLine(book, ask(5, { unit: "1K GB" })).usd, null);
  assert.equal(askBook(book, ["here"], 1)(ask(10)).usd, 0);
});

test("a model by the vendor's own name: one that may run anywhere first, and none of another region", () => {
  const of = (model: string) => modelItem(book, "ai", model, ["here"]);
  assert.equal(of("small"), "ai.small.global.input");
  assert.equal(of("big"), "ai.big.regional.input");
  assert.equal(of("vendor.big-v1:0"), "ai.big.regional.input");
  assert.equal(of("far"), undefined);
  assert.equal(of("sma"), undefined);
});

test("figures for people", () => {
  assert.deepEqual([1460, 0.343323, 26_280_000, 501.2512207, 12, 1e5, 0.0000025].map(figure), [
    "1,460",
    "0.343323",
    "26.28M",
    "501.251",
    "12",
    "100,000",
    "0.0000025",
  ]);
});
