import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "@trimaran/contract";
import { type Problem, parseSpec, specDigest } from "./index.ts";
import { full, layered, least } from "./testing/specs.ts";

function appOf(text: string, environment?: string): App {
  const result = parseSpec(text, { file: "trimaran.yaml", environment });
  if (!result.ok) assert.fail(JSON.stringify(result.problems, null, 2));
  return result.app;
}

function problemsOf(text: string, environment?: string): readonly Problem[] {
  const result = parseSpec(text, { file: "trimaran.yaml", environment });
  return result.ok ? [] : result.problems;
}

const brief = (problems: readonly Problem[]) => problems.map((p) => `${p.line}:${p.column} ${p.code} ${p.path}`);

test("app, port and one site are enough; the rest has defaults", () => {
  const app = appOf(least);
  assert.deepEqual(app.service, {
    build: ".",
    port: 8000,
    health: "/health",
    cpu: 1,
    memoryBytes: 2 * 2 ** 30,
    scale: { min: 1, max: 10, concurrency: 80 },
    runtime: "container",
    affinity: "none",
    timeoutMs: 300_000,
    env: {},
  });
  assert.equal(app.environment, "default");
  assert.deepEqual(app.sites, [
    { name: "aws", cloud: "aws", region: "us-east-1", role: "active", weight: 100, account: {}, options: {} },
  ]);
  assert.deepEqual(app.traffic.failover, { failures: 3, intervalMs: 5000, latencyMs: 5000, errors: 0.05 });
  assert.equal(app.recovery.primary, "aws");
  assert.deepEqual(app.recovery.backups.at, ["aws"]);
  assert.deepEqual(app.checks, [{ method: "GET", path: "/health", status: 200 }]);
});

test("every key of the design reaches the App in plain units", () => {
  const app = appOf(full);
  assert.equal(app.service.runtime, "process");
  assert.deepEqual(app.service.env, {
    LOG_LEVEL: ["info"],
    DATABASE_URL: [{ from: "resource", resource: "records", field: "url" }],
  });
  const [records, documents, sessions, signing] = app.resources;
  assert.deepEqual(records, {
    name: "records",
    type: "postgres",
    needs: [],
    home: { site: "aws" },
    settings: { version: 15, size: "small", storageBytes: 20 * 2 ** 30 },
  });
  assert.deepEqual(documents?.needs, ["signed-url"]);
  assert.equal(sessions?.home, "each-site");
  assert.deepEqual(signing?.settings, { generate: 32 });
  assert.deepEqual(
    app.sites.map((site) => [site.name, site.role, site.weight]),
    [
      ["aws", "active", 50],
      ["azure", "active", 50],
      ["gcp", "standby", 0],
    ],
  );
  assert.deepEqual(app.sites[1]?.account, { subscription: "0012", resourceGroup: "med" });
  assert.deepEqual(app.sites[2]?.options, { compute: [1, { deep: null }] });
  assert.deepEqual(app.traffic, {
    domain: "app.example.com",
    failover: { failures: 3, intervalMs: 5000, latencyMs: 500, errors: 0.025 },
  });
  assert.equal(app.recovery.rtoMs, 900_000);
  assert.deepEqual(app.checks, [
    { method: "GET", path: "/health", status: 200, withinMs: 200 },
    { method: "POST", path: "/ask", status: 201, body: "{}" },
  ]);
  assert.deepEqual(app.alerts, {
    latencyP95Ms: 1000,
    errors: 0.01,
    email: "ops@example.com",
    webhook: [{ from: "resource", resource: "slack", field: "value" }],
  });
  assert.equal(app.cost.traffic.tokensPerMonth, 1_000_000);
});

test("an overlay is laid on the file: maps merge, null takes away, lists are replaced", () => {
  const app = appOf(full, "staging");
  assert.equal(app.environment, "staging");
  assert.deepEqual(
    app.sites.map((site) => site.name),
    ["aws", "azure"],
  );
  assert.deepEqual(app.service.scale, { min: 1, max: 2, concurrency: 80 });
  assert.deepEqual(app.recovery.backups.at, ["azure"]);
  assert.deepEqual({ ...appOf(full, "production"), environment: "default" }, appOf(full));
});

test("anchors, merge keys, folded text and the digits of numbers", () => {
  const app = appOf(layered);
  assert.deepEqual(app.service.env["GREETING"], ["it's ", { from: "site", field: "name" }, " at ${HOME}"]);
  assert.deepEqual(app.service.env["VERSION"], ["1.10"]);
  assert.deepEqual(app.service.env["DEBUG"], ["true"]);
  assert.deepEqual(app.service.env["URL"], [
    "https://",
    { from: "resource", resource: "files", field: "endpoint" },
    "/",
    { from: "resource", resource: "files", field: "name" },
  ]);
  assert.deepEqual(
    app.sites.map((site) => [site.cloud, site.region, site.weight]),
    [
      ["gcp", "europe-west4", 100],
      ["gcp", "europe-west1", 100],
    ],
  );
  assert.equal(appOf(layered, "dev").name, "layered-dev");
  assert.equal(appOf(layered, "dev").service.port, 3001);
});

test("all mistakes come at once, in the order of the file, with what was meant", () => {
  const text = `app: Med_Assistant
service:
  prot: 8000
  timeout: 300
  runtime: proces
  env: { A: "\${resources.record.url}", B: "x \${site.regin}" }
resources:
  records: { type: postgrs }
sites:
  aws: { cloud: azur, region: us-east-1 }
recovery: { primary: asw, backups: { database: "0 25 * * *" } }
port: 80
`;
  const problems = problemsOf(text);
  assert.deepEqual(brief(problems), [
    "1:6 bad-name app",
    "3:3 unknown-key service.prot",
    "4:12 bad-duration service.timeout",
    "5:12 unknown-value service.runtime",
    "6:14 placeholder-unknown service.env.A",
    "6:46 placeholder-unknown service.env.B",
    "8:20 unknown-value resources.records.type",
    "10:17 unknown-value sites.aws.cloud",
    "11:22 unknown-site recovery.primary",
    "11:48 bad-cron recovery.backups.database",
    "12:1 unknown-key port",
  ]);
  assert.deepEqual(
    problems.map((p) => p.suggestion),
    ["med-assistant", "port", "300s", "process", "records", "region", "postgres", "azure", "aws", undefined, undefined],
  );
  assert.equal(problems.at(-1)?.hint, "It belongs under service");
});

test("a mistake in an overlay is shown at the overlay's line, with and without --env", () => {
  const text = `${least}environments:
  staging:
    service:
      scale: { max: none }
  dev: { sites: { aws: { region: null }, gpc: null } }
`;
  const inStaging = { line: 8, column: 21, code: "wrong-type", environment: "staging", path: "service.scale.max" };
  const found = problemsOf(text);
  assert.deepEqual(brief(found), [
    "8:21 wrong-type service.scale.max",
    "9:26 missing-key sites.aws.region",
    "9:42 unknown-key sites.gpc",
  ]);
  assert.partialDeepStrictEqual(found[0], inStaging);
  assert.deepEqual(brief(problemsOf(text, "staging")), ["8:21 wrong-type service.scale.max"]);
});

test("a base that is whole only with an overlay holds with that overlay", () => {
  const text = `app: a\nservice: { port: 1 }\nenvironments:\n  dev: { sites: { aws: { cloud: aws, region: us-east-1 } } }\n`;
  assert.equal(appOf(text, "dev").sites.length, 1);
  assert.deepEqual(brief(problemsOf(text)), ["1:1 missing-key sites"]);
});

test("an app without a name is called after its folder", () => {
  const parsed = parseSpec("service: { port: 1 }\nsites: { a: { cloud: aws, region: us-east-1 } }", {
    file: "f",
    directory: "/home/me/My App",
  });
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems[0]?.hint, "Add `app: my-app`");
});

test("the file alone is the environment default", () => {
  assert.deepEqual(appOf(full, "default"), appOf(full));
});

test("many mistakes do not take long", () => {
  const text = `${least}${"budget: 1\n".repeat(50_000)}`;
  assert.equal(problemsOf(text).filter((p) => p.code === "duplicate-key").length, 49_999);
});

test("an unknown environment names the nearest", () => {
  const [problem, ...more] = problemsOf(full, "stagin");
  assert.deepEqual(more, []);
  assert.partialDeepStrictEqual(problem, {
    code: "unknown-environment",
    suggestion: "staging",
    hint: "Did you mean --env staging?",
  });
});

test("aliases that stand for too much are refused quickly", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) {
    const name = String.fromCharCode(97 + i);
    const before = String.fromCharCode(96 + i);
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]`);
  }
  assert.ok(problemsOf(bomb.join("\n")).some((p) => p.code === "yaml-too-big"));
  assert.equal(problemsOf("[".repeat(200_000))[0]?.line, 1);
  assert.equal(problemsOf(`app: ${"x".repeat(2 ** 20)}`)[0]?.code, "yaml-too-big");
});

test("a value of a variable is in no message", () => {
  const text = `${least.replace("{ port: 8000 }", "{ port: 8000, env: { PASSWORD: hunter2, B: [hunter2], 1X: hunter2 } }")}`;
  const result = parseSpec(text, { file: "f" });
  const all = [...result.warnings, ...(result.ok ? [] : result.problems)];
  assert.deepEqual(all.map((p) => p.code).sort(), ["bad-name", "literal-secret", "wrong-type"]);
  assert.ok(!JSON.stringify(all).includes("hunter2"));
});

test("the digest depends on what the spec means, not on how it is written", async () => {
  const reordered = `sites: { aws: { region: us-east-1, cloud: aws, role: active } }\nservice:\n  timeout: 5m\n  port: 8000\napp: "my-app"\n`;
  assert.equal(await specDigest(appOf(least)), await specDigest(appOf(reordered)));
  assert.notEqual(await specDigest(appOf(least)), await specDigest(appOf(least.replace("8000", "8001"))));
  assert.match(await specDigest(appOf(least)), /^[0-9a-f]{64}$/);
});
