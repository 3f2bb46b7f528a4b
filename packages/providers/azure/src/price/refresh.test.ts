import assert from "node:assert/strict";
import { test } from "node:test";
import { meterOf } from "@trimaran/contract";
import { pricing } from "./index.ts";

const regions = ["eastus2"];
const before = pricing.book;
const meter = (item: string, book = before) => meterOf(book, item, regions);
const idOf = (item: string) => /meterId ([0-9a-f-]+)/.exec(meter(item)?.sku ?? "")?.[1] ?? "";

/** An Item as the Azure Retail Prices API answers it. */
function item(of: string, more: Readonly<Record<string, unknown>>) {
  return {
    currencyCode: "USD",
    tierMinimumUnits: 0,
    unitPrice: more["retailPrice"],
    armRegionName: "eastus2",
    location: "US East 2",
    effectiveStartDate: "2026-01-01T00:00:00Z",
    meterId: idOf(of),
    meterName: "x",
    productId: "DZH318Z0",
    skuId: "DZH318Z0/0001",
    productName: "x",
    skuName: "x",
    serviceName: "x",
    serviceFamily: "Compute",
    unitOfMeasure: "1 Hour",
    type: "Consumption",
    isPrimaryMeterRegion: true,
    armSkuName: "",
    ...more,
  };
}

const reply = (Items: readonly unknown[], NextPageLink: string | null = null) =>
  Response.json({
    BillingCurrency: "USD",
    CustomerEntityId: "Default",
    CustomerEntityType: "Retail",
    Items,
    NextPageLink,
    Count: Items.length,
  });

/** Answers each question from what it asks for: its meters alone. */
function api(items: readonly { readonly meterId: string }[], asked: URL[] = []) {
  const answer = async (url: unknown) => {
    asked.push(url as URL);
    const filter = (url as URL).searchParams.get("$filter") ?? "";
    return reply(items.filter((i) => filter.includes(i.meterId)));
  };
  return { fetch: answer as typeof fetch, today: "2026-11-01" };
}

const vm = "postgres.flexible.b1ms.hour";

test("a price, with its date and source; what the answer does not name stays", async () => {
  const { book, read, changed, kept } = await pricing.refresh(before, api([item(vm, { retailPrice: 0.02 })]));
  assert.deepEqual([read, changed, kept], [1, 1, before.meters.length - 1]);
  const now = meter(vm, book);
  assert.deepEqual(
    now?.rates.map((r) => [r.from, r.usd, r.asOf]),
    [[0, 0.02, "2026-11-01"]],
  );
  assert.match(book.sources[now?.rates[0]?.source ?? -1] ?? "", /Azure Retail Prices API/);
  assert.deepEqual(meter("blob.hot.read", book), meter("blob.hot.read"));
});

test("unsorted tiers, of which the first is a free grant; units told by the piece", async () => {
  const requests = (from: number, usd: number) =>
    item("aca.requests", { retailPrice: usd, tierMinimumUnits: from, unitOfMeasure: "1" });
  const { book } = await pricing.refresh(before, api([requests(2_000_000, 4e-7), requests(0, 0)]));
  const now = meter("aca.requests", book);
  assert.equal(now?.free, 2);
  assert.deepEqual(
    now?.rates.map((r) => [r.from, r.usd]),
    [[0, 0.4]],
  );
});

test("not: tomorrow's price, a reservation, another region, another period, nothing at all, nonsense", async () => {
  for (const wrong of [
    { retailPrice: 1, effectiveStartDate: "2027-01-01T00:00:00Z" },
    { retailPrice: 1, type: "Reservation" },
    { retailPrice: 1, armRegionName: "westeurope" },
    { retailPrice: 1, unitOfMeasure: "1/Month" },
    { retailPrice: 0 },
    { retailPrice: -1 },
    { retailPrice: "free" },
  ]) {
    const { book, read } = await pricing.refresh(before, api([item(vm, wrong)]));
    assert.equal(read, 0, JSON.stringify(wrong));
    assert.deepEqual(book.meters, before.meters);
  }
});

test("the newest of several starts is in force; a Global meter serves a region that has none", async () => {
  const older = item(vm, { retailPrice: 0.01, effectiveStartDate: "2024-01-01T00:00:00Z" });
  const newer = item(vm, { retailPrice: 0.03, effectiveStartDate: "2026-10-01T00:00:00Z", armRegionName: "Global" });
  const global = await pricing.refresh(before, api([{ ...older, armRegionName: "Global" }, newer]));
  assert.equal(meter(vm, global.book)?.rates[0]?.usd, 0.03);
});

test("pages are followed, on the same host alone", async () => {
  const asked: string[] = [];
  const answer = async (url: unknown) => {
    const { host, searchParams, origin } = url as URL;
    asked.push(host);
    const isSecond = searchParams.get("$skip") === "1000";
    if (isSecond) return reply([item(vm, { retailPrice: 0.05 })], "https://elsewhere.example/prices");
    return reply(
      [],
      (searchParams.get("$filter") ?? "").includes(idOf(vm)) ? `${origin}/api/retail/prices?$skip=1000` : null,
    );
  };
  const { book } = await pricing.refresh(before, { fetch: answer as typeof fetch, today: "2026-11-01" });
  assert.equal(meter(vm, book)?.rates[0]?.usd, 0.05);
  assert.deepEqual(new Set(asked), new Set(["prices.azure.com"]));
});

test("no network, a refusal, a busy server, no JSON: one sentence with the host, and no price touched", async () => {
  const cases: readonly (readonly [string, () => Promise<Response>])[] = [
    ["unavailable", () => Promise.reject(new TypeError("fetch failed"))],
    ["unavailable", async () => new Response("oops", { status: 500 })],
    ["quota_exhausted", async () => new Response("", { status: 429 })],
    ["unavailable", async () => new Response("<html>")],
  ];
  for (const [code, answer] of cases) {
    await assert.rejects(
      pricing.refresh(before, { fetch: answer as typeof fetch, today: "2026-11-01" }),
      (e: unknown) => {
        const { code: found, message } = e as { code: string; message: string };
        assert.equal(found, code);
        assert.match(message, /prices\.azure\.com/);
        return true;
      },
    );
  }
});
