import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "@trimaran/contract";
import { parseSpec } from "@trimaran/spec";
import { profileOf, shareOf, siteLoad } from "./site-load.ts";

const month = 2_628_000;

function app(more = "", scale = "{ min: 1, max: 10, concurrency: 80 }"): App {
  const parsed = parseSpec(
    `app: shop
service: { port: 80, command: node a.js, scale: ${scale} }
resources:
  records: { type: postgres, storage: 50Gi }
  files: { type: bucket }
  more: { type: bucket, home: site }
  key: { type: secret, generate: 32 }
  chat: { type: model }
  hot: { type: cache }
sites:
  aws: { cloud: aws, region: us-east-1, weight: 75 }
  azure: { cloud: azure, region: eastus2, weight: 25 }
  gcp: { cloud: gcp, region: us-central1, role: standby }
${more}`,
    { file: "a.yaml" },
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.app;
}
function load(of: App, name: string) {
  const site = of.sites.find((s) => s.name === name);
  assert.ok(site);
  return { ...siteLoad(of, site), share: shareOf(of, site) };
}
const names = (l: ReturnType<typeof load>) => l.resources.map((r) => `${r.resource.name}${r.isCopy ? " copy" : ""}`);

test("requests divide by weight, and a standby has none", () => {
  const of = app();
  assert.deepEqual(
    ["aws", "azure", "gcp"].map((n) => [load(of, n).share, load(of, n).requests]),
    [
      [0.75, 7.5 * month],
      [0.25, 2.5 * month],
      [0, 0],
    ],
  );
});

test("instances: as many as work at the same time, at least min, at most max; one on a standby", () => {
  const busy = "cost: { traffic: { requestsPerSecond: 4000 }, assume: { averageMs: 200 } }";
  // 3000/s x 0.2 s = 600 at the same time, 80 on one: 7.5
  assert.equal(load(app(busy), "aws").instances, 8);
  assert.equal(load(app(busy, "{ min: 9, max: 20 }"), "aws").instances, 9);
  assert.equal(load(app(busy, "{ min: 1, max: 3 }"), "aws").instances, 3);
  assert.equal(load(app(busy, "{ min: 4, max: 20 }"), "gcp").instances, 1);
});

test("an instance is busy for 1 - e^-(arrivals x duration) of the time", () => {
  const { busySeconds } = load(app("cost: { traffic: { requestsPerSecond: 10 }, assume: { averageMs: 400 } }"), "aws");
  assert.ok(Math.abs(busySeconds / month - (1 - Math.exp(-3))) < 1e-12);
  assert.equal(load(app(), "gcp").busySeconds, 0);
});

test("data is at its home; a standby has a copy of what keeps data, and neither model nor cache", () => {
  const of = app();
  assert.deepEqual(names(load(of, "aws")), ["records", "files", "more", "key", "chat", "hot"]);
  assert.deepEqual(names(load(of, "azure")), ["more"]);
  assert.deepEqual(names(load(of, "gcp")), ["records copy", "files copy", "more", "key copy"]);
  assert.deepEqual([load(of, "aws").secrets, load(of, "azure").secrets, load(of, "gcp").secrets], [2, 0, 2]);
});

test("buckets share what is stored; those at each site divide theirs as the requests do", () => {
  const of = app("cost: { traffic: { storedGiB: 100, tokensPerMonth: 1M } }");
  const stored = (site: string, name: string) =>
    load(of, site).resources.find((r) => r.resource.name === name)?.storedGiB;
  assert.deepEqual([stored("aws", "files"), stored("aws", "more"), stored("azure", "more")], [50, 37.5, 12.5]);
  assert.equal(stored("gcp", "files"), 50);
  assert.equal(stored("aws", "records"), 50);
  const chat = load(of, "aws").resources.find((r) => r.resource.name === "chat");
  assert.deepEqual([chat?.inputTokens, chat?.outputTokens], [800_000, 200_000]);
});

test("names are the primary site's, where there is a domain; the health of all sites is asked", () => {
  const of = app("traffic: { domain: app.example.com }");
  assert.deepEqual(load(of, "aws").dns, { queries: (10 * month) / 20, healthChecks: 3 });
  assert.equal(load(of, "azure").dns, undefined);
  assert.equal(load(app(), "aws").dns, undefined);
});

test("the spec's assumptions are used, and the rest are the defaults", () => {
  const profile = profileOf(app("cost: { assume: { logKiB: 3 } }"));
  assert.deepEqual([profile.logKiB, profile.averageMs, profile.requestsPerSecond], [3, 100, 10]);
});
