/** Prices reckoned by hand from the sources' figures: each number below is the product that its comment says, not what the code answered. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpec } from "@trimaran/spec";
import { estimate, pricings } from "./cost.ts";

interface Given {
  readonly cpu?: number;
  readonly memory?: string;
  readonly rps?: number;
  readonly size?: string;
  readonly options?: string;
  readonly more?: string;
  readonly resources?: string;
}

/** The whole app on one cloud, by line. 10 requests/s are 26,280,000 a month and 501.251220703125 GiB of 20 KiB answers. */
function linesOn(
  cloud: "aws" | "azure" | "gcp",
  { cpu = 2, memory = "4Gi", rps = 10, size = "small", options = "{}", more = "", resources = "" }: Given = {},
) {
  const region = { aws: "us-east-1", azure: "eastus2", gcp: "us-central1" }[cloud];
  const parsed = parseSpec(
    `app: hand
service: { port: 8000, command: node server.js, cpu: ${cpu}, memory: ${memory} }
resources:
  records: { type: postgres, size: ${size}, storage: 100Gi }
  documents: { type: bucket }
  sessions: { type: kv }
  signing: { type: secret, generate: 32 }
  assistant: { type: model }
${resources}
sites: { ${cloud}: { cloud: ${cloud}, region: ${region}, options: ${options} } }
cost: { traffic: { requestsPerSecond: ${rps}, averageKiB: 20, storedGiB: 500, tokensPerMonth: 1M } }
${more}`,
    { file: "hand.yaml" },
  );
  assert.ok(parsed.ok);
  const [site] = estimate(parsed.app, { pricings }).sites;
  return new Map(site?.lines.map((l) => [l.name, l]));
}

type Expected = readonly (readonly [line: string, usd: number])[];
function check(title: string, lines: () => ReturnType<typeof linesOn>, expected: Expected) {
  for (const [name, usd] of expected) {
    test(`${title}: ${name} costs ${usd}`, () => {
      const line = lines().get(name);
      assert.ok(line, [...lines().keys()].join("; "));
      assert.ok(line.usd !== null && Math.abs(line.usd - usd) < 0.0005, `${line.usd}`);
    });
  }
}

const aws = linesOn("aws");
check("aws", () => aws, [
  ["Fargate vCPU", 59.1008], // 2 x 730 x 0.04048
  ["Fargate memory", 12.9794], // 4 x 730 x 0.004445
  ["RDS db.t4g.small, one zone: records", 23.36], // 730 x 0.032
  ["RDS gp3 storage: records", 11.5], // 100 x 0.115
  ["S3 Standard storage: documents", 11.5], // 500 x 0.023
  ["S3 writes: documents", 1.314], // 262.8 x 0.005
  ["S3 reads: documents", 1.0512], // 2628 x 0.0004
  ["DynamoDB reads: sessions", 3.285], // 26.28 x 0.125
  ["DynamoDB writes: sessions", 1.6425], // 2.628 x 0.625
  ["DynamoDB storage: sessions", 0], // 1 of 25 free
  ["Bedrock nova-lite input: assistant", 0.048], // 0.8 x 0.06
  ["Bedrock nova-lite output: assistant", 0.048], // 0.2 x 0.24
  ["Application Load Balancer", 16.425], // 730 x 0.0225
  ["Load balancer capacity units", 4.01], // 501.2512 x 0.008: bytes are more than connections
  ["Public IPv4 addresses of the load balancer", 7.3], // 2 x 730 x 0.005
  ["Traffic to users", 36.1126], // (501.2512 - 100) x 0.09
  ["CloudWatch logs", 3.7656], // (12.5313 - 5) x 0.5
  ["CloudWatch log storage", 0.2259], // (12.5313 - 5) x 0.03
  ["CloudWatch alarms", 0], // 3 of 10 free
  ["CloudWatch dashboard", 3],
  ["ECR images", 0.5], // 5 x 0.1
  ["Secrets Manager secrets", 0.8], // 2 x 0.4
  ["Secrets Manager reads", 0.0073], // 0.146 x 0.05
]);

const azure = linesOn("azure");
check("azure", () => azure, [
  ["Container Apps vCPU, working", 75.4182], // (2 x 1661212.83 - 180000) x 0.000024; 2628000 s x (1 - 1/e)
  ["Container Apps vCPU, idle", 5.8007], // 2 x 966787.17 x 0.000003
  ["Container Apps memory, working", 18.8546], // (4 x 1661212.83 - 360000) x 0.000003
  ["Container Apps memory, idle", 11.6014], // 4 x 966787.17 x 0.000003
  ["Container Apps requests", 9.712], // (26.28 - 2) x 0.4
  ["PostgreSQL Flexible Server B1MS: records", 12.41], // 730 x 0.017
  ["PostgreSQL storage: records", 14.72], // 128 x 0.115
  ["Blob Storage, hot, LRS: documents", 9.2], // 500 x 0.0184
  ["Blob writes: documents", 1.314], // 26.28 x 0.05
  ["Blob reads: documents", 1.0512], // 262.8 x 0.004
  ["Cosmos DB request units, serverless: sessions", 9.855], // (26.28 + 5 x 2.628) x 0.25
  ["Cosmos DB storage: sessions", 0.25], // 1 x 0.25
  ["Azure OpenAI gpt-4o-mini-0718 input: assistant", 0.12], // 0.8 x 0.15
  ["Azure OpenAI gpt-4o-mini-0718 output: assistant", 0.12], // 0.2 x 0.6
  ["Traffic to users", 34.9089], // (501.2512 - 100) x 0.087
  ["Log Analytics", 20.7863], // (12.5313 - 5) x 2.76
  ["Metric alerts", 0], // 3 of 10 free
  ["Container Registry, Basic", 5.0674], // 30.41667 x 0.1666
  ["Key Vault operations", 0.0044], // 0.146 x 0.03
]);

const gcp = linesOn("gcp");
check("gcp", () => gcp, [
  ["Cloud Run vCPU, working", 75.4182], // (2 x 1661212.83 - 180000) x 0.000024
  ["Cloud Run vCPU, idle", 4.8339], // 2 x 966787.17 x 0.0000025
  ["Cloud Run memory, working", 15.7121], // (4 x 1661212.83 - 360000) x 0.0000025
  ["Cloud Run memory, idle", 9.6679], // 4 x 966787.17 x 0.0000025
  ["Cloud Run requests", 9.712], // (26.28 - 2) x 0.4
  ["Cloud SQL db-g1-small, zonal: records", 25.55], // 730 x 0.035
  ["Cloud SQL SSD storage: records", 17], // 100 x 0.17
  ["Cloud SQL backups: records", 8], // 100 x 0.08
  ["Cloud Storage, standard, one region: documents", 9.9], // (500 - 5) x 0.02
  ["Cloud Storage writes: documents", 1.289], // (26.28 - 0.5) x 0.05
  ["Cloud Storage reads: documents", 1.0312], // (262.8 - 5) x 0.004
  ["Firestore reads: sessions", 7.434], // (262.8 - 15) x 0.03
  ["Firestore writes: sessions", 1.8252], // (26.28 - 6) x 0.09
  ["Vertex AI gemini-2.5-flash input: assistant", 0.24], // 0.8 x 0.3
  ["Vertex AI gemini-2.5-flash output: assistant", 0.5], // 0.2 x 2.5
  ["Traffic to users", 60.1501], // 501.2512 x 0.12
  ["Cloud Logging", 0], // 12.53 of 50 free
  ["Cloud Monitoring alerts", 1.05], // 3 x 0.35
  ["Artifact Registry images", 0.45], // (5 - 0.5) x 0.1
]);

check(
  "aws, large database, cache, NAT, WAF",
  () =>
    linesOn("aws", {
      size: "large",
      options: "{ nat: true, waf: true }",
      resources: "  hot: { type: cache, size: medium }",
    }),
  [
    ["RDS db.m6g.large, one zone: records", 116.07], // 730 x 0.159
    ["ElastiCache cache.t4g.small: hot", 23.36], // 730 x 0.032
    ["NAT gateways", 65.7], // 2 x 730 x 0.045
    ["NAT traffic", 0.5639], // 12.5313 GB of logs x 0.045
    ["WAF web ACL", 5],
    ["WAF rules", 3], // 3 x 1
    ["WAF requests", 15.768], // 26.28 x 0.6
  ],
);
check("aws, 1,000 requests/s", () => linesOn("aws", { rps: 1000 }), [
  // 50125.1221 GB: 100 free, 10140 at 0.09, the rest at 0.085
  ["Traffic to users", 4302.8354], // 10140 x 0.09 + 39885.1221 x 0.085
  ["Fargate vCPU", 118.2016], // 100 at the same time / 80 = 2 instances
]);
check("aws, Beanstalk behind CloudFront", () => linesOn("aws", { options: "{ compute: beanstalk, cdn: true }" }), [
  ["EC2 t3.medium (Elastic Beanstalk)", 30.368], // 730 x 0.0416
  ["EBS root volume", 0.8], // 10 x 0.08
  ["CloudFront traffic to users", 0], // 501 of 1024 free
  ["CloudFront requests", 16.28], // (2628 - 1000) x 0.01 / 10K
]);
check("aws, its own domain", () => linesOn("aws", { more: "traffic: { domain: app.example.com }" }), [
  ["Route 53 zone", 0.5],
  ["Route 53 queries", 0.5256], // 1.314 x 0.4
]);
check(
  "azure, App Service behind Front Door",
  () =>
    linesOn("azure", {
      options: "{ compute: app-service, ingress: front-door }",
      size: "medium",
      resources: "  hot: { type: cache }",
    }),
  [
    ["App Service P1V3 (Linux, with its slots)", 113.15], // 730 x 0.155
    ["PostgreSQL Flexible Server B2S: records", 49.64], // 730 x 0.068
    ["Managed Redis B0: hot", 11.68], // 730 x 0.016
    ["Front Door standard", 35],
    ["Front Door requests", 23.652], // 2628 x 0.009
    ["Front Door traffic to users", 41.3532], // 501.2512 x 0.0825
  ],
);
check("azure, Application Gateway with WAF", () => linesOn("azure", { options: "{ waf: true }" }), [
  ["Application Gateway WAF v2", 262.8], // 730 x 0.36
  ["Application Gateway WAF v2 capacity", 7.758], // 1.6384 Mb/s / 2.22 = 0.738018 CU x 730 x 0.0144
]);
check("azure, 1,000 requests/s", () => linesOn("azure", { rps: 1000 }), [
  ["Traffic to users", 4193.0251], // 10235 x 0.087 + (50125.1221 - 10335) x 0.083
]);
check(
  "gcp, load balancer, CDN and Cloud Armor, medium database",
  () =>
    linesOn("gcp", {
      options: "{ cdn: true, waf: true }",
      size: "medium",
      resources: "  hot: { type: cache, size: large }",
    }),
  [
    ["Cloud SQL vCPU, zonal: records", 60.298], // 2 x 730 x 0.0413
    ["Cloud SQL memory, zonal: records", 20.44], // 4 x 730 x 0.007
    ["Memorystore for Redis, basic, 4 GiB: hot", 143.08], // 4 x 730 x 0.049
    ["Load balancer", 18.25], // 730 x 0.025
    ["Load balancer, answers", 4.01], // 501.2512 x 0.008
    ["Cloud CDN traffic to users", 40.1001], // 501.2512 x 0.08
    ["Cloud CDN lookups", 19.71], // 2628 x 0.0075
    ["Cloud Armor policy", 5],
    ["Cloud Armor rules", 3],
  ],
);
check("gcp, billed by instance", () => linesOn("gcp", { options: "{ billing: instance }" }), [
  ["Cloud Run vCPU, while it runs", 90.288], // (2 x 2628000 - 240000) x 0.000018
  ["Cloud Run memory, while it runs", 20.124], // (4 x 2628000 - 450000) x 0.000002
]);
check("gcp, 1,000 requests/s", () => linesOn("gcp", { rps: 1000 }), [
  ["Traffic to users", 4327.4498], // 1024 x 0.12 + 9216 x 0.11 + 39885.1221 x 0.08
]);
