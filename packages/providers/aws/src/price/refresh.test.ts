import assert from "node:assert/strict";
import { test } from "node:test";
import { meterOf } from "@trimaran/contract";
import { pricing } from "./index.ts";
import { offerOf } from "./offers.ts";

const before = pricing.book;
const meter = (item: string, region = "us-east-1", book = before) => meterOf(book, item, [region]);

type Dimension = readonly [from: string, to: string, usd: string];
interface Product {
  readonly attributes: Readonly<Record<string, string>>;
  readonly family?: string;
  readonly tiers: readonly Dimension[];
  readonly effective?: string;
}

/** A price file as the AWS Price List bulk API has it. */
function offerFile(products: readonly Product[]) {
  const sku = (i: number) => `SKU${i}`;
  return {
    formatVersion: "v1.0",
    offerCode: "x",
    version: "20261001",
    publicationDate: "2026-10-01T00:00:00Z",
    products: Object.fromEntries(
      products.map((p, i) => [sku(i), { sku: sku(i), productFamily: p.family ?? "x", attributes: p.attributes }]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        products.map((p, i) => [
          sku(i),
          {
            [`${sku(i)}.JRTCKXETXF`]: {
              offerTermCode: "JRTCKXETXF",
              sku: sku(i),
              effectiveDate: p.effective ?? "2026-10-01T00:00:00Z",
              priceDimensions: Object.fromEntries(
                p.tiers.map(([beginRange, endRange, USD], n) => [
                  `${sku(i)}.${n}`,
                  { unit: "x", description: "x", beginRange, endRange, pricePerUnit: { USD } },
                ]),
              ),
              termAttributes: {},
            },
          },
        ]),
      ),
    },
  };
}

function api(files: Readonly<Record<string, readonly Product[]>>) {
  const answer = async (url: unknown) => Response.json(offerFile(files[(url as URL).pathname] ?? []));
  return { fetch: answer as typeof fetch, today: "2026-11-01" };
}
const path = (offer: string, region = "us-east-1") => `/offers/v1.0/aws/${offer}/current/${region}/index.json`;
const one = (usd: string): readonly Dimension[] => [["0", "Inf", usd]];

test("texts become numbers, one request's price that of a million, and a zone's letters are no part of a name", async () => {
  const { book, read, changed } = await pricing.refresh(
    before,
    api({
      [path("AmazonECS")]: [
        { attributes: { usagetype: "USE1-Fargate-vCPU-Hours:perCPU" }, tiers: one("0.0500000000") },
        { attributes: { usagetype: "USE1-Fargate-ARM-vCPU-Hours:perCPU" }, tiers: one("0.0300000000") },
        { attributes: { usagetype: "USE1-Fargate-Windows-vCPU-Hours:perCPU" }, tiers: one("0.0900000000") },
      ],
      [path("AmazonECS", "us-west-2")]: [
        { attributes: { usagetype: "USW2-Fargate-GB-Hours" }, tiers: one("0.0044450000") },
      ],
      [path("AmazonDynamoDB")]: [{ attributes: { usagetype: "ReadRequestUnits" }, tiers: one("0.00000012") }],
    }),
  );
  assert.deepEqual([read, changed], [3, 2]);
  assert.equal(meter("fargate.vcpu_hour", "us-east-1", book)?.rates[0]?.usd, 0.05);
  assert.equal(meter("fargate.gb_hour", "us-west-2", book)?.rates[0]?.asOf, "2026-11-01");
  assert.equal(meter("dynamodb.rru", "us-east-1", book)?.rates[0]?.usd, 0.12);
});

test("tiers in no order, of which the first is free", async () => {
  const tiers: readonly Dimension[] = [
    ["10240", "51200", "0.085"],
    ["0", "100", "0"],
    ["51200", "Inf", "0.07"],
    ["100", "10240", "0.09"],
  ];
  const attributes = { transferType: "AWS Outbound", fromRegionCode: "us-east-1", usagetype: "DataTransfer-Out-Bytes" };
  const { book } = await pricing.refresh(before, api({ [path("AWSDataTransfer")]: [{ attributes, tiers }] }));
  const now = meter("egress.internet.gb", "us-east-1", book);
  assert.equal(now?.free, 100);
  assert.deepEqual(
    now?.rates.map((r) => [r.from, r.usd]),
    [
      [0, 0.09],
      [10240, 0.085],
      [51200, 0.07],
    ],
  );
});

test("a database and a balancer are told by their attributes; two prices for one meter are none", async () => {
  const rds = { usagetype: "InstanceUsage:db.t4g.small", databaseEngine: "PostgreSQL", deploymentOption: "Single-AZ" };
  const { book, read } = await pricing.refresh(
    before,
    api({
      [path("AmazonRDS")]: [
        { attributes: rds, tiers: one("0.033") },
        { attributes: { ...rds, databaseEngine: "MySQL" }, tiers: one("0.030") },
      ],
      [path("AWSELB")]: [
        { attributes: { usagetype: "LoadBalancerUsage" }, family: "Load Balancer-Application", tiers: one("0.0225") },
        { attributes: { usagetype: "LoadBalancerUsage" }, family: "Load Balancer", tiers: one("0.025") },
      ],
      [path("AmazonS3")]: [
        { attributes: { usagetype: "Requests-Tier1" }, tiers: one("0.000005") },
        { attributes: { usagetype: "Requests-Tier1" }, tiers: one("0.000006") },
        { attributes: { usagetype: "Requests-Tier2" }, tiers: one("0.0000004"), effective: "2027-01-01T00:00:00Z" },
      ],
    }),
  );
  assert.equal(read, 2);
  assert.equal(meter("rds.postgres.db.t4g.small.single.hour", "us-east-1", book)?.rates[0]?.usd, 0.033);
  assert.deepEqual(meter("s3.standard.put", "us-east-1", book), meter("s3.standard.put"));
  assert.deepEqual(meter("s3.standard.get", "us-east-1", book), meter("s3.standard.get"));
});

test("an empty or foreign document changes nothing; no network is said", async () => {
  for (const answer of ["{}", "[]", '{"products":{},"terms":{}}']) {
    const found = await pricing.refresh(before, {
      fetch: (async () => new Response(answer)) as typeof fetch,
      today: "2026-11-01",
    });
    assert.deepEqual(found.book.meters, before.meters);
  }
  const offline = (() => Promise.reject(new TypeError("fetch failed"))) as typeof fetch;
  await assert.rejects(pricing.refresh(before, { fetch: offline, today: "2026-11-01" }), { code: "unavailable" });
});

test("what has a price file is a meter of the book", () => {
  const found = before.meters.filter((m) => offerOf(m.item) !== undefined);
  assert.ok(found.length >= 30, String(found.length));
});
