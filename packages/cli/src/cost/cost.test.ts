import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Estimate } from "@trimaran/all/cost";
import { codes } from "@trimaran/contract";
import { assertDocumented } from "../../../../test/e2e/support/json-doc.ts";
import type { Io } from "../io.ts";
import { main } from "../main.ts";

const spec = (more = "") => `app: shop
service: { port: 8000, command: node server.js, cpu: 2, memory: 4Gi }
resources:
  records: { type: postgres, storage: 100Gi }
  documents: { type: bucket }
  sessions: { type: kv }
  assistant: { type: model }
sites:
  aws: { cloud: aws, region: us-east-1, weight: 50 }
  azure: { cloud: azure, region: eastus2, weight: 50 }
  gcp: { cloud: gcp, region: us-central1, role: standby }
cost: { traffic: { storedGiB: 500, tokensPerMonth: 1M } }
${more}`;

type CostDocument = Omit<Estimate, "categories"> & {
  readonly categories: readonly { readonly category: string; readonly usd: number }[];
  readonly budget?: { readonly verdict: string };
  readonly diff?: unknown;
};

/** Runs command lines in one folder. */
function folder(t: TestContext, text: string, more: Partial<Io> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), "trimaran cost "));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "trimaran.yaml"), text);
  const run = async (...args: readonly string[]) => {
    let [out, err] = ["", ""];
    const io: Io = {
      out: (s) => (out += s),
      err: (s) => (err += s),
      isTerminal: false,
      hasColor: false,
      columns: () => 100,
      rows: () => 40,
      cwd,
      env: {},
      interrupted: new AbortController().signal,
      now: () => Date.UTC(2026, 10, 1),
      ...more,
    };
    const status = await main(args, io);
    return { status, out, err };
  };
  const json = async (...args: readonly string[]) => {
    const { status, out } = await run(...args, "--json");
    return { status, found: JSON.parse(out) as CostDocument };
  };
  return { cwd, run, json };
}

test("a table by site, in all and on each single cloud, with what has no price counted", async (t) => {
  const { status, out } = await folder(t, spec()).run("cost");
  assert.equal(status, 0);
  assert.match(out, /^ +aws +azure +gcp +app$/m);
  assert.match(out, /^ {2}total +\d+\.\d\d \+\d+ /m);
  assert.match(out, /the whole app on one cloud\n +aws +azure +gcp\n/);
  assert.match(out, /--lines names them/);
});

test("--lines explains each line: quantity x price, SKU, source and its date", async (t) => {
  const { out } = await folder(t, spec()).run("cost", "--lines");
  assert.match(out, /59\.10 {2}Fargate vCPU \(compute\): 1 instance x 2 vCPU x 730 h/);
  assert.match(out, /1,460 vCPU-hour at 0\.04048 {2}SKU USE1-Fargate-vCPU-Hours:perCPU/);
  assert.match(out, /us-east-1, 2026-09-23, https:\/\/aws\.amazon\.com\/fargate\/pricing\//);
  assert.match(out, /no price {2}VPC interface endpoints/);
});

test("the budget's verdict is an exit status: verdict_failed", async (t) => {
  const over = await folder(t, spec("budget: { monthly: 100 }")).run("cost");
  assert.equal(over.status, codes.verdict_failed.exit);
  assert.equal(over.status, 25);
  assert.match(over.out, /over the budget of 100\.00/);
  const within = folder(t, spec("budget: { monthly: 10000 }"));
  const unsure = await within.json("cost");
  assert.equal(unsure.status, 0);
  assert.equal(unsure.found.budget?.verdict, "unsure");
  assert.equal((await within.run("cost", "--strict")).status, 25);
});

test("what if: ten times the requests, another region, another size", async (t) => {
  const { json, run } = folder(t, spec());
  const { found: now } = await json("cost");
  const { found: busy } = await json("cost", "--requests", "x10");
  assert.equal(busy.profile.requestsPerSecond, 100);
  assert.ok(busy.total.usd > now.total.usd);
  const { found: west } = await json("cost", "--region", "aws=us-west-2,gcp=us-west1");
  assert.deepEqual(
    west.sites.map((s) => s.region),
    ["us-west-2", "eastus2", "us-west1"],
  );
  const { found: large } = await json("cost", "--size", "large");
  const database = (d: CostDocument) => d.categories.find((c) => c.category === "database")?.usd ?? 0;
  assert.ok(database(large) > database(now));
  for (const wrong of [
    ["--requests", "ten"],
    ["--region", "aws"],
    ["--region", "asw=us-west-2"],
    ["--size", "huge"],
    ["--site", "nowhere"],
  ]) {
    const { status, err } = await run("cost", ...wrong);
    assert.equal(status, 2, err);
    assert.match(err, /hint: /);
  }
});

test("--site shows one site; a region that the book lacks has no price, and never 0", async (t) => {
  const { json } = folder(t, spec().replace("us-east-1", "sa-east-1"));
  const { found } = await json("cost", "--site", "aws");
  assert.deepEqual(
    found.sites.map((s) => s.site),
    ["aws"],
  );
  const compute = found.sites[0]?.lines.filter((l) => l.category === "compute") ?? [];
  assert.ok(compute.length > 0 && compute.every((l) => l.usd === null && l.parts.length === 0));
  assert.match(compute[0]?.note ?? "", /it is for us-east-1, us-west-2/);
});

test("--against tells what a change costs", async (t) => {
  const { cwd, run, json } = folder(t, spec());
  writeFileSync(join(cwd, "main.yaml"), spec().replace("cpu: 2", "cpu: 1"));
  const { out } = await run("cost", "--against", "main.yaml");
  assert.match(out, /^ {2}total .*\+\d+\.\d\d$/m);
  assert.match(out, /\+29\.55 {2}aws: Fargate vCPU/);
  const { found } = await json("cost", "--against", "main.yaml");
  assert.ok(found.diff !== undefined);
});

test("--csv has a row for each line, and an empty price where there is none", async (t) => {
  const { out } = await folder(t, spec()).run("cost", "--csv");
  const rows = out.trimEnd().split("\r\n");
  assert.match(rows[0] ?? "", /^scope,site,cloud,region,category,name,/);
  assert.ok(
    rows.some((r) =>
      r.startsWith(
        "app,aws,aws,us-east-1,compute,Fargate vCPU,1 instance x 2 vCPU x 730 h,1460,vCPU-hour,0.04048,59.1",
      ),
    ),
  );
  assert.ok(rows.some((r) => r.includes("VPC interface endpoints") && r.includes(",hour,,,")));
});

test("--html writes one page that needs nothing else", async (t) => {
  const { cwd, run } = folder(t, spec());
  const { status, out } = await run("cost", "--html", "cost.html");
  assert.equal(status, 0);
  assert.match(out, /written: cost\.html/);
  const page = readFileSync(join(cwd, "cost.html"), "utf8");
  assert.equal(page.match(/<svg /g)?.length, 3);
  assert.doesNotMatch(page, /<script|<link|src=|@import|url\(/);
  assert.match(page, /no price/);
});

/** Every price file empty but Fargate's. */
const fargate = (async (url: unknown) => {
  const { host, pathname } = url as URL;
  if (host === "prices.azure.com") throw new TypeError("fetch failed");
  if (!pathname.includes("/AmazonECS/current/us-east-1/")) return Response.json({ products: {}, terms: {} });
  return Response.json({
    products: { A: { sku: "A", attributes: { usagetype: "Fargate-vCPU-Hours:perCPU" } } },
    terms: {
      OnDemand: {
        A: {
          "A.B": {
            effectiveDate: "2026-10-01T00:00:00Z",
            priceDimensions: { c: { beginRange: "0", pricePerUnit: { USD: "0.05" } } },
          },
        },
      },
    },
  });
}) as typeof fetch;

test("cost refresh: what was read is used from then on; clouds that do not answer keep their prices, and are named", async (t) => {
  const { run, json } = folder(t, spec(), { fetch: fargate });
  const { status, out, err } = await run("cost", "refresh");
  assert.equal(status, codes.unavailable.exit);
  assert.match(out, /^aws: 1 prices read, 1 changed; \d+ kept as they were$/m);
  assert.match(err, /azure: error\[unavailable\].*prices\.azure\.com/);
  assert.match(err, /gcp: error\[unauthenticated\].*\n {2}hint: set GOOGLE_API_KEY/);
  const { found } = await json("cost");
  const vcpu = found.sites[0]?.lines.find((l) => l.name === "Fargate vCPU");
  assert.equal(vcpu?.usd, 73);
  assert.equal(vcpu?.asOf, "2026-11-01");
  assert.ok((found.sites[1]?.total.usd ?? 0) > 0);
});

test("cost refresh offline says so and loses nothing, not even what an earlier one read", async (t) => {
  const offline = (() => Promise.reject(new TypeError("fetch failed"))) as typeof fetch;
  let now = fargate;
  const { cwd, run } = folder(t, spec(), { fetch: ((...a: Parameters<typeof fetch>) => now(...a)) as typeof fetch });
  assert.equal((await run("cost", "refresh", "--cloud", "aws")).status, 0);
  const before = readFileSync(join(cwd, ".trimaran/prices.json"), "utf8");
  now = offline;
  const { status, out, err } = await run("cost", "refresh");
  assert.equal(status, codes.unavailable.exit);
  assert.equal(out, "");
  assert.match(err, /hint: the prices are as they were/);
  assert.equal(readFileSync(join(cwd, ".trimaran/prices.json"), "utf8"), before);
  const { out: document } = await run("cost", "refresh", "--json");
  const { refreshedAt, clouds } = JSON.parse(document) as {
    refreshedAt: string;
    clouds: { error?: { code: string } }[];
  };
  assert.equal(refreshedAt, "2026-11-01T00:00:00.000Z");
  assert.deepEqual(
    clouds.map((c) => c.error?.code),
    ["unavailable", "unavailable", "unauthenticated"],
  );
});

test("refreshed prices that are damaged, or of another version, are not used in silence", async (t) => {
  const { cwd, run } = folder(t, spec(), { fetch: fargate });
  await run("cost", "refresh", "--cloud", "aws");
  const file = join(cwd, ".trimaran/prices.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, 500));
  const damaged = await run("cost");
  assert.equal(damaged.status, 2);
  assert.match(damaged.err, /hint: rm \.trimaran\/prices\.json/);
  writeFileSync(file, text.replace(/"version":"[^"]*"/, '"version":"0.0.1"'));
  const other = await run("cost", "--json");
  assert.match(other.err, /another version are not used/);
  assert.equal((JSON.parse(other.out) as { refreshedAt: null }).refreshedAt, null);
});

test("a name from the spec is text on the page", async (t) => {
  const { cwd, run } = folder(t, spec().replace("type: model", 'type: model, model: "<img src=x onerror=alert(1)>"'));
  await run("cost", "--html", "cost.html");
  const page = readFileSync(join(cwd, "cost.html"), "utf8");
  assert.match(page, /&lt;img src=x/);
  assert.doesNotMatch(page, /<img/);
});

test("the documents have exactly the fields of docs/json.md", async (t) => {
  const { cwd, run, json } = folder(t, spec("budget: { monthly: 100 }"), { fetch: fargate });
  writeFileSync(join(cwd, "main.yaml"), spec().replace("cpu: 2", "cpu: 1"));
  assertDocumented("cost", (await json("cost", "--against", "main.yaml")).found);
  assertDocumented("cost", (await json("cost", "--site", "gcp")).found);
  assertDocumented("cost refresh", JSON.parse((await run("cost", "refresh", "--json")).out));
});
