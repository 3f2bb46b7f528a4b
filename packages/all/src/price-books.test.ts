/** What holds for every price in the books, and for any quantity. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charge, hoursPerMonth, type PriceMeter, sumOf } from "@trimaran/contract";
import type { SiteCost } from "@trimaran/operations/cost";
import { parseSpec } from "@trimaran/spec";
import fc from "fast-check";
import { isLong } from "../../../test/parts.ts";
import { budgetVerdict, changed, diffOf, estimate, pricings } from "./cost.ts";

const meters: readonly PriceMeter[] = pricings.flatMap((p) => p.book.meters);
const settings = { seed: 7, numRuns: isLong ? 5000 : 300 };
const aMeter = fc.constantFrom(...meters);
const aQuantity = fc.double({ min: 0, max: 1e7, noNaN: true });
const aShare = fc.constantFrom(1, 1 / 2, 1 / 3);
const cost = (m: PriceMeter, q: number, share = 1, after = 0) => sumOf(charge(m, q, { share, after }));
const near = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)), `${a} ${b}`);

test("every price has a source, the provider's own page, and tiers in order", () => {
  for (const { book, cloud } of pricings) {
    assert.equal(book.cloud, cloud);
    assert.equal(new Set(book.meters.map((m) => `${m.item} ${m.region}`)).size, book.meters.length);
    for (const m of book.meters) {
      assert.match(m.page, /^https:\/\/(aws\.amazon\.com|azure\.microsoft\.com|cloud\.google\.com)\//);
      assert.equal(m.rates[0]?.from, 0, m.item);
      for (const [i, r] of m.rates.entries()) {
        assert.ok(r.usd > 0 && (book.sources[r.source] ?? "") !== "", m.item);
        assert.ok(i === 0 || r.from > (m.rates[i - 1]?.from ?? 0), m.item);
        assert.ok(r.asOf === null || /^\d{4}-\d{2}(-\d{2})?$/.test(r.asOf), m.item);
      }
    }
  }
});

test("more never costs less", () => {
  fc.assert(
    fc.property(aMeter, aQuantity, aQuantity, aShare, (m, a, b, share) => {
      assert.ok(cost(m, Math.min(a, b), share) <= cost(m, Math.max(a, b), share) + 1e-9);
    }),
    settings,
  );
});

test("tiers are graduated: nothing jumps at a bound", () => {
  for (const m of meters) {
    for (const at of [m.free ?? 0, ...m.rates.map((r) => r.from)]) {
      const step = 1e-6 * Math.max(1, at);
      const dearest = Math.max(...m.rates.map((r) => r.usd));
      assert.ok(cost(m, at + step) - cost(m, Math.max(0, at - step)) <= 2 * step * dearest + 1e-9, m.item);
    }
  }
});

test("the parts are the whole quantity, and what comes after the rest costs the difference", () => {
  fc.assert(
    fc.property(aMeter, aQuantity, aQuantity, (m, first, second) => {
      near(
        charge(m, first).reduce((sum, p) => sum + p.quantity, 0),
        first,
      );
      near(cost(m, first) + cost(m, second, 1, first), cost(m, first + second));
    }),
    settings,
  );
});

test("n equal sites on one cloud cost together what one with all of it costs", () => {
  fc.assert(
    fc.property(aMeter, aQuantity, fc.integer({ min: 1, max: 5 }), (m, q, n) =>
      near(n * cost(m, q / n, 1 / n), cost(m, q)),
    ),
    settings,
  );
});

function shop(
  more = "",
  sites = "aws: { cloud: aws, region: us-east-1, weight: 50 }, gcp: { cloud: gcp, region: us-central1, weight: 50 }",
) {
  const parsed = parseSpec(
    `app: shop\nservice: { port: 80, command: node a.js }\nresources: { records: { type: postgres }, files: { type: bucket }, s: { type: kv } }\nsites: { ${sites} }\n${more}`,
    { file: "a.yaml" },
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.app;
}

test("more requests never make an app cheaper, on any cloud", () => {
  const app = shop();
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      (rps, times) => {
        const at = (n: number) => estimate(changed(app, { requests: n.toFixed(6) }), { pricings });
        const [less, more] = [at(rps), at(rps * times)];
        // An idle second is paid from the first one, a working one has a free amount: the first requests of a month take idle ones away.
        const busy = (site: SiteCost | undefined) =>
          (site?.lines ?? []).filter((l) => !l.name.endsWith("idle")).reduce((sum, l) => sum + (l.usd ?? 0), 0);
        for (const [i, cloud] of more.onOneCloud.entries()) {
          assert.ok(busy(less.onOneCloud[i]) <= busy(cloud) + 1e-6, cloud.cloud);
        }
      },
    ),
    { seed: 3, numRuns: isLong ? 500 : 25 },
  );
});

test("the lines make the categories, the categories the sites, the sites the app", () => {
  const e = estimate(shop(), { pricings });
  for (const s of e.sites)
    near(
      Object.values(s.categories).reduce((sum, c) => sum + c.usd, 0),
      s.total.usd,
    );
  near(
    e.sites.reduce((sum, s) => sum + s.total.usd, 0),
    e.total.usd,
  );
  assert.equal(
    e.sites.reduce((sum, s) => sum + s.lines.filter((l) => l.usd === null).length, 0),
    e.total.unpriced,
  );
});

test("data at one cloud and an app at two: what passes between them is paid on both sides", () => {
  const e = estimate(shop(), { pricings });
  const line = (site: string) =>
    e.sites.find((s) => s.site === site)?.lines.find((l) => l.name === "Traffic to other clouds");
  const requests = 5 * hoursPerMonth * 3600;
  // answers to the app at gcp: 3 queries of 2 KiB, 0.1 objects of 20 KiB, 1 item of 1 KiB; its writes: 0.2 x 2 + 0.01 x 20 + 0.1 x 1
  near(line("aws")?.quantity ?? 0, (requests * (6 + 2 + 1)) / 2 ** 20);
  near(line("gcp")?.quantity ?? 0, (requests * (0.4 + 0.2 + 0.1)) / 2 ** 20);
  const alone = shop("", "aws: { cloud: aws, region: us-east-1 }");
  assert.ok(!estimate(alone, { pricings }).sites[0]?.lines.some((l) => l.name.startsWith("Traffic to other")));
});

test("two regions of one cloud: their traffic has its own price, and the free amounts are shared", () => {
  const two = "aws: { cloud: aws, region: us-east-1, weight: 50 }, west: { cloud: aws, region: us-west-2, weight: 50 }";
  const e = estimate(shop("", two), { pricings });
  const free = e.sites.map(
    (s) => s.lines.find((l) => l.name === "Traffic to users")?.parts.find((p) => p.usdEach === 0)?.quantity,
  );
  assert.deepEqual(free, [50, 50]);
  assert.ok(e.sites[0]?.lines.some((l) => l.name === "Traffic to other regions"));
});

test("a budget: a missing price is never taken for nothing", () => {
  const verdict = (usd: number, unpriced: number) => budgetVerdict(100, { total: { usd, unpriced } })?.verdict;
  assert.equal(verdict(100, 0), "within");
  assert.equal(verdict(99, 1), "unsure");
  assert.equal(verdict(100.01, 0), "over");
  assert.equal(verdict(100.01, 3), "over");
  assert.equal(budgetVerdict(undefined, { total: { usd: 1, unpriced: 0 } }), undefined);
});

test("a diff of an app with itself is nothing, and with another is the difference of their sums", () => {
  const [a, b] = [
    estimate(shop(), { pricings }),
    estimate(shop("cost: { traffic: { averageKiB: 80 } }"), { pricings }),
  ];
  assert.deepEqual(diffOf(a, a).lines, []);
  const diff = diffOf(a, b);
  near(diff.total.usd, b.total.usd - a.total.usd);
  near(
    diff.lines.reduce((sum, l) => sum + (l.after ?? 0) - (l.before ?? 0), 0),
    diff.total.usd,
  );
});

test("the comparison tells what free amounts save and what it costs to leave", () => {
  const e = estimate(shop("cost: { traffic: { storedGiB: 500 } }"), { pricings });
  const row = (aspect: string) => e.comparison.find((c) => c.aspect === aspect);
  // 500 GiB of objects, 20 of the database, 1 of items; the month's traffic has used the free 100 GB already
  assert.deepEqual(row("carrying all data out, once")?.clouds, { aws: "46.89", azure: "45.33", gcp: "62.52" });
  assert.equal(row("carrying all data out, once")?.best, "azure");
  // aws: 100 GB to users at 0.09, 1 GB of items at 0.25, 5 GB of logs at 0.5 and kept at 0.03, 3 alarms at 0.1
  assert.equal(row("free amounts save")?.clouds["aws"], "12.20");
});
