import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteStatus, StatusReport } from "@trimaran/contract";
import { renderStatus } from "./status.ts";

const site: SiteStatus = {
  name: "aws",
  cloud: "aws",
  region: "us-east-1",
  role: "active",
  state: "healthy",
  chaos: [],
  weight: 50,
  share: 0.5,
  instances: [{ id: "aws-1", state: "healthy", pid: 1, port: 4000, revision: "r", restarts: 0 }],
  services: [{ name: "s3", state: "up", pid: 2, endpoint: "https://127.0.0.1:4001" }],
  requestsPerSecond: 12.34,
  p50Ms: 4.21,
  p99Ms: 123.4,
  errors: 0,
};
const report: StatusReport = {
  app: "shop",
  environment: "default",
  state: "running",
  pid: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
  release: { digest: "d" },
  gateway: {
    url: "http://127.0.0.1:8080",
    pid: 3,
    failingOpen: false,
    requests: 12_345,
    requestsPerSecond: 24.7,
    p50Ms: 4.2,
    p99Ms: 120,
    errors: 1,
    retries: 2,
  },
  sites: [site],
};
const render = (change: Partial<StatusReport>) =>
  renderStatus({ ...report, ...change }, { hasColor: false, now: Date.parse("2026-01-01T01:02:03Z") });

test("the picture of a healthy app", () => {
  assert.equal(
    render({}),
    `shop  running for 1:02:03  1 of 1 sites healthy
http://127.0.0.1:8080  24.7 requests/s  p50 4.2 ms  p99 120 ms  12.3k requests  1 errors  2 retries

site  cloud  region     role    state    instances  weight  share of traffic                  req/s     p50     p99  errors
aws   aws    us-east-1  active  healthy        1/1      50  ████████████░░░░░░░░░░░░  50.0 %   12.3  4.2 ms  123 ms       0
`,
  );
});

test("what needs attention is said below, once", () => {
  const sick: SiteStatus = {
    ...site,
    state: "degraded",
    because: "s3 does not answer",
    instances: [{ ...site.instances[0]!, state: "backoff", restarts: 2 }],
    services: [{ ...site.services[0]!, state: "down" }],
  };
  assert.match(
    render({ sites: [sick] }),
    /\n\naws: s3 does not answer\naws: instance aws-1 is backoff, restarted 2 times\naws: not up: s3\n$/,
  );
  const killed: SiteStatus = { ...sick, state: "down", chaos: ["kill"] };
  assert.match(render({ sites: [killed] }), /\n\naws: chaos kill {5}\(end it with: trimaran chaos heal aws\)\n$/);
});

test("failing open is told", () => {
  assert.match(render({ gateway: { ...report.gateway!, failingOpen: true } }), /the gateway fails open/);
});
