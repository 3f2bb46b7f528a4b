/**
 * Writes packages/providers/<cloud>/src/price/book.json from a file of price facts: an array of `{cloud, region, service, sku, item, unit,
 * usd, tier_from?, free_per_month?, source, as_of, confidence, note?}`.
 *   node scripts/generated/price-book.ts path/to/prices.json
 * Only the facts that the estimate uses are taken. The facts file is not part of the project; the books are, so that nothing is lost without it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud, PriceBook, PriceMeter } from "@trimaran/contract";
import { pricePages } from "./price-pages.ts";

export interface PriceFact {
  readonly cloud: Cloud;
  readonly region: string;
  readonly service: string;
  readonly sku: string | null;
  readonly item: string;
  readonly unit: string;
  readonly usd: number;
  readonly tier_from?: number;
  readonly free_per_month?: number;
  readonly source: string;
  readonly as_of: string | null;
  readonly confidence: "read" | "derived";
  readonly note?: string;
}

/** What the providers' price/*.ts ask for. */
const used: Readonly<Record<Cloud, readonly RegExp[]>> = {
  aws: [
    /^fargate\.(vcpu|gb)_hour$/,
    /^ec2\.t3\.(micro|small|medium|large)\.hour$|^ec2\.m6i\.x?large\.hour$|^ebs\.gp3\./,
    /^rds\.postgres\.db\.(t4g\.(small|medium)|m6g\.large)\.single\.hour$|^rds\.storage\.gp3\.single\./,
    /^dynamodb\.(rru|wru|storage\.gb_month)$/,
    /^s3\.standard\.(gb_month|put|get)$/,
    /^elasticache\.redis\.cache\.t4g\./,
    /^bedrock\.(?!.*(cached_input|cache_write|long_context))/,
    /^egress\.internet\.gb$|^transfer\.inter_region\.gb$|^alb\.|^public_ipv4\.hour$|^nat_gateway\./,
    /^cloudfront\.(egress\.us\.gb|requests\.https\.us|origin_transfer\.us\.gb)$|^waf\./,
    /^route53\.(zone\.month|queries|health_check\.external\.month)$/,
    /^cloudwatch\.(logs\.(ingest_gb|storage_gb_month)|alarm\.month|dashboard\.month)$/,
    /^secretsmanager\.|^ecr\.storage\./,
  ],
  azure: [
    /^aca\./,
    /^appservice\.linux\.(b1|b2|p0v3|p1v3|p2v3|p3v3)\.hour$/,
    /^postgres\.flexible\.(b1ms|b2s|d2ds_v5)\.hour$|^postgres\.flexible\.storage\./,
    /^cosmos\.(serverless\.ru|storage\.gb_month)$/,
    /^blob\.hot\.lrs\.(gb_month|write)$|^blob\.hot\.read$/,
    /^managed_redis\.b[013]\.node_hour$/,
    /^aoai\.(?!.*(cached_input|long_context|batch|audio|image|realtime)).*\.(input|output)$/,
    /^egress\.internet\.gb$|^transfer\.inter_region\.gb$/,
    /^appgw\.(standard|waf)_v2\.|^public_ipv4\.hour$/,
    /^frontdoor\.(standard|premium)\.(base\.month|requests\.zone1|egress\.zone1\.gb|origin_transfer\.zone1\.gb)$/,
    /^dns\.|^trafficmanager\.(queries|health_check\.external\.month)$/,
    /^log_analytics\.ingest_gb$|^monitor\.metric_alert\.month$/,
    /^keyvault\.operations$|^acr\.basic\.day$/,
  ],
  gcp: [
    /^cloudrun\./,
    /^cloudsql\.(custom\.(vcpu|gb)_hour|db-g1-small\.zonal\.hour|storage\.ssd\.gb_month|backup\.gb_month)$/,
    /^firestore\.(reads|writes|storage\.gib_month)$/,
    /^gcs\.standard\.(regional\.gb_month|class_a|class_b)$/,
    /^memorystore\.redis\.basic\.m1\./,
    /^gemini\.(?!.*(cached_input|long_context|audio))/,
    /^egress\.internet\.gb$|^lb\.|^cdn\.(egress\.north_america|lookups|cache_fill)|^cloudarmor\./,
    /^dns\./,
    /^logging\.ingest_gib$|^monitoring\.alert\./,
    /^secretmanager\.(version\.month|access)$|^artifactregistry\.storage\./,
  ],
};

export function bookOf(cloud: Cloud, facts: readonly PriceFact[]): PriceBook {
  const mine = facts
    .filter((f) => f.cloud === cloud && !/^nam\d$/.test(f.region) && used[cloud].some((p) => p.test(f.item)))
    .sort((a, b) => compare(a.item, b.item) || compare(a.region, b.region) || (a.tier_from ?? 0) - (b.tier_from ?? 0));
  const sources = [...new Set(mine.map((f) => plainSource(f.source)))].sort(compare);
  const groups = Map.groupBy(mine, (f) => `${f.item} ${f.region}`);
  return { cloud, sources, meters: [...groups.values()].map((group) => meterFrom(group, sources)) };
}

function meterFrom(group: readonly PriceFact[], sources: readonly string[]): PriceMeter {
  const first = group[0] as PriceFact;
  const note = first.note === undefined ? undefined : plainNote(first.note);
  return {
    item: first.item,
    region: first.region,
    service: first.service,
    unit: first.unit,
    ...(first.sku === null ? {} : { sku: first.sku }),
    page: pageOf(first),
    ...(first.free_per_month === undefined ? {} : { free: first.free_per_month }),
    ...(note === undefined ? {} : { note }),
    rates: group.map((f) => ({
      from: f.tier_from ?? 0,
      usd: f.usd,
      source: sources.indexOf(plainSource(f.source)),
      asOf: f.as_of,
      ...(f.confidence === "derived" ? { derived: true as const } : {}),
    })),
  };
}

function pageOf({ cloud, item }: PriceFact): string {
  const page = pricePages[cloud].find(([prefix]) => item.startsWith(prefix))?.[1];
  if (page === undefined) throw new Error(`no price page is known for ${cloud} ${item}`);
  return page;
}

/** Without the numbers of documents that nobody else can look up. */
function plainSource(source: string): string {
  return source
    .replace(/\s*\(ids? [^)]*?(\d{4}-\d{2}-\d{2})\)/g, " ($1)")
    .replace(/;\s*(\d[\d.]* )?also (in )?ids? [^;]*?(?= and |;|$)/g, "")
    .replace(/\s*;\s*free tier/, "; free tier")
    .replaceAll("public price notes in an unnamed public repository", "an unnamed public repository")
    .trim();
}
function plainNote(note: string): string | undefined {
  const text = note
    .split(/;\s*/)
    .map((part) => part.replace(/\s*\([^)]*\bids? \d+\)/g, ""))
    .filter((part) => !/\bids? \d{6,}/.test(part))
    .join("; ")
    .trim();
  return text === "" ? undefined : text;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

if (import.meta.main) {
  const path = process.argv[2];
  if (path === undefined) throw new Error("node scripts/generated/price-book.ts path/to/prices.json");
  const facts = JSON.parse(readFileSync(path, "utf8")) as readonly PriceFact[];
  for (const cloud of ["aws", "azure", "gcp"] as const) {
    const book = bookOf(cloud, facts);
    const file = join(import.meta.dirname, `../../packages/providers/${cloud}/src/price/book.json`);
    const meters = book.meters.map((m) => `    ${JSON.stringify(m)}`).join(",\n");
    const sources = book.sources.map((s) => `    ${JSON.stringify(s)}`).join(",\n");
    writeFileSync(
      file,
      `{\n  "cloud": "${cloud}",\n  "sources": [\n${sources}\n  ],\n  "meters": [\n${meters}\n  ]\n}\n`,
    );
    console.log(`${book.meters.length} meters of ${cloud}`);
  }
}
