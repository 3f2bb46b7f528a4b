import assert from "node:assert/strict";
import { test } from "node:test";
import { meterOf } from "@trimaran/contract";
import { pricing } from "./index.ts";

const before = pricing.book;
const meter = (item: string, region = "us-central1", book = before) => meterOf(book, item, [region]);

type Rate = readonly [from: number, units: string, nanos: number];
/** A SKU as the Cloud Billing Catalog lists it. */
function sku(
  description: string,
  usageUnit: string,
  rates: readonly Rate[],
  more: {
    readonly skuId?: string;
    readonly regions?: readonly string[];
    readonly usageType?: string;
    readonly from?: string;
  } = {},
) {
  return {
    name: "services/x/skus/y",
    skuId: more.skuId ?? "0000-0000-0000",
    description,
    category: {
      serviceDisplayName: "x",
      resourceFamily: "x",
      resourceGroup: "x",
      usageType: more.usageType ?? "OnDemand",
    },
    serviceRegions: more.regions ?? ["us-central1", "us-west1"],
    geoTaxonomy: { type: "REGIONAL", regions: ["us-central1"] },
    pricingInfo: [
      {
        effectiveTime: more.from ?? "2026-10-31T07:00:00Z",
        summary: "",
        pricingExpression: {
          usageUnit,
          usageUnitDescription: "",
          baseUnit: "",
          baseUnitDescription: "",
          baseUnitConversionFactor: 1,
          displayQuantity: 1,
          tieredRates: rates.map(([startUsageAmount, units, nanos]) => ({
            startUsageAmount,
            unitPrice: { currencyCode: "USD", units, nanos },
          })),
        },
        currencyConversionRate: 1,
      },
    ],
  };
}

function api(services: Readonly<Record<string, readonly (readonly unknown[])[]>>, key: string | undefined = "key") {
  const answer = async (url: unknown) => {
    const { pathname, searchParams } = url as URL;
    const page = Number(searchParams.get("pageToken") ?? "0");
    const pages = services[pathname.split("/")[3] ?? ""] ?? [];
    return Response.json({ skus: pages[page] ?? [], nextPageToken: page + 1 < pages.length ? String(page + 1) : "" });
  };
  return { fetch: answer as typeof fetch, today: "2026-11-01", ...(key === undefined ? {} : { key }) };
}
const run = "152E-C115-5142";
const storage = "95FF-2EF5-5EA1";

test("units and billionths, a first rate of 0 as a free part, pages, and one request's price that of a million", async () => {
  const { book, read } = await pricing.refresh(
    before,
    api({
      [run]: [
        [
          sku("Services CPU (Request-based billing)", "s", [
            [0, "0", 0],
            [180_000, "0", 25_000],
          ]),
        ],
        [
          sku(
            "Requests",
            "count",
            [
              [0, "0", 0],
              [2_000_000, "0", 500],
            ],
            { regions: ["global"] },
          ),
        ],
      ],
      [storage]: [
        [
          sku(
            "Regional Standard Class A Operations",
            "count",
            [
              [0, "0", 0],
              [5000, "0", 6000],
            ],
            { skuId: "4DBF-185F-A415" },
          ),
        ],
      ],
    }),
  );
  assert.equal(read, 3);
  const cpu = meter("cloudrun.request_based.vcpu_second", "us-central1", book);
  assert.deepEqual([cpu?.free, cpu?.rates[0]?.usd, cpu?.rates[0]?.asOf], [180_000, 0.000025, "2026-11-01"]);
  const requests = meter("cloudrun.requests", "us-central1", book);
  assert.deepEqual([requests?.free, requests?.rates[0]?.usd], [2, 0.5]);
  const classA = meter("gcs.standard.class_a", "us-central1", book);
  assert.deepEqual([classA?.free, classA?.rates[0]?.usd], [0.5, 0.06]);
});

test("not: another unit, a commitment, another region, a price to come, two that differ", async () => {
  const name = "Services Memory (Request-based billing)";
  const good = sku(name, "GiBy.s", [[0, "0", 3000]]);
  for (const wrong of [
    [sku(name, "GiBy.h", [[0, "0", 3000]])],
    [sku(name, "GiBy.s", [[0, "0", 3000]], { usageType: "Commit1Yr" })],
    [sku(name, "GiBy.s", [[0, "0", 3000]], { regions: ["europe-west1"] })],
    [sku(name, "GiBy.s", [[0, "0", 3000]], { from: "2027-01-01T00:00:00Z" })],
    [good, sku(name, "GiBy.s", [[0, "0", 4000]])],
  ]) {
    const { book } = await pricing.refresh(before, api({ [run]: [wrong] }));
    assert.deepEqual(book.meters, before.meters);
  }
  assert.equal((await pricing.refresh(before, api({ [run]: [[good]] }))).changed, 1);
});

test("without a key, or with a wrong one: the way to one, and never the key", async () => {
  const none = { ...api({}), key: "" };
  await assert.rejects(pricing.refresh(before, none), { code: "unauthenticated", hint: /GOOGLE_API_KEY/ });
  const refuse = (async () => new Response("API key not valid", { status: 400 })) as typeof fetch;
  await assert.rejects(pricing.refresh(before, { fetch: refuse, today: "2026-11-01", key: "s3cret" }), (e: unknown) => {
    const { code, message, cause } = e as { code: string; message: string; cause?: unknown };
    assert.equal(code, "unauthenticated");
    assert.doesNotMatch(`${message}${String(cause)}`, /s3cret/);
    return true;
  });
});
