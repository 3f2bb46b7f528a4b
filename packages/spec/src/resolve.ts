import {
  type App,
  type Check,
  canonicalJson,
  type Json,
  type Resource,
  type Service,
  type Site,
  sha256,
  type Template,
} from "@trimaran/contract";
import { toTemplate } from "./placeholders.ts";
import { methods, type Written } from "./schema/spec.ts";
import { find, type Tree } from "./tree.ts";
import { parseCount, parseDuration, parsePercentage, parseSize } from "./units.ts";

/** A spec in which nothing is wrong as an App: units in numbers, defaults that depend on other keys, placeholders taken apart. */
export function resolve(written: Written, tree: Tree, environment: string): App {
  const sites = sitesOf(written, tree);
  const active = sites.find((site) => site.role === "active");
  const primary = written.recovery.primary ?? active!.name;
  const { recovery, traffic, alerts, cost } = written;
  return {
    name: written.app,
    environment,
    service: serviceOf(written, tree),
    resources: resourcesOf(written, primary),
    sites,
    traffic: {
      ...given("domain", traffic.domain),
      failover: {
        failures: traffic.failover.failures,
        intervalMs: ms(traffic.failover.interval),
        latencyMs: ms(traffic.failover.latency),
        errors: parsePercentage(traffic.failover.errors)!,
      },
    },
    recovery: {
      primary,
      rtoMs: ms(recovery.rto),
      rpoMs: ms(recovery.rpo),
      backups: { ...recovery.backups, at: recovery.backups.at ?? elsewhere(sites, primary) },
    },
    checks: checksOf(written),
    alerts: {
      ...given("latencyP95Ms", alerts["latency-p95"] === undefined ? undefined : ms(alerts["latency-p95"])),
      ...given("errors", alerts.errors === undefined ? undefined : parsePercentage(alerts.errors)),
      ...given("email", alerts.email),
      ...given("webhook", alerts.webhook === undefined ? undefined : toTemplate(alerts.webhook)),
    },
    budget: given("monthly", written.budget.monthly),
    cost: { ...cost, traffic: { ...cost.traffic, tokensPerMonth: parseCount(cost.traffic.tokensPerMonth)! } },
    load: written.load,
  };
}

/** The same App gives the same digest: what a release and a plan are bound to. Lower-case hex SHA-256 of its canonical JSON. */
export function specDigest(app: App): Promise<string> {
  return sha256(canonicalJson(app));
}

function serviceOf({ service }: Written, tree: Tree): Service {
  const { min, max, concurrency } = service.scale;
  const env = Object.keys(service.env).map((name): [string, Template] => [
    name,
    toTemplate(textAt(tree, ["service", "env", name])),
  ]);
  return {
    ...(service.image === undefined ? { build: service.build ?? "." } : { image: service.image }),
    ...given("command", service.command),
    port: service.port,
    health: service.health,
    cpu: service.cpu,
    memoryBytes: parseSize(service.memory)!,
    scale: { min, max: max ?? Math.max(10, min), concurrency },
    runtime: service.runtime ?? (service.command === undefined ? "container" : "process"),
    affinity: service.affinity,
    timeoutMs: ms(service.timeout),
    ...given("migrate", service.migrate),
    env: Object.fromEntries(env),
  };
}

function resourcesOf(written: Written, primary: string): readonly Resource[] {
  return Object.entries(written.resources).map(([name, { type, needs, home, ...rest }]) => ({
    name,
    type,
    needs,
    home: home === "site" ? "each-site" : { site: primary },
    settings: settingsOf(rest),
  }));
}

/** Sizes in bytes under a name that says so. */
function settingsOf(rest: Readonly<Record<string, string | number | undefined>>): Resource["settings"] {
  return Object.fromEntries(
    Object.entries(rest).flatMap(([key, value]): readonly [string, Json][] => {
      if (value === undefined) return [];
      return key === "storage" ? [["storageBytes", parseSize(String(value))!]] : [[key, value]];
    }),
  );
}

function sitesOf(written: Written, tree: Tree): readonly Site[] {
  return Object.entries(written.sites).map(([name, site]) => ({
    name,
    cloud: site.cloud,
    region: site.region,
    role: site.role,
    weight: site.role === "standby" ? 0 : (site.weight ?? 100),
    account: Object.fromEntries(
      Object.keys(site.account).map((key) => [key, textAt(tree, ["sites", name, "account", key])]),
    ),
    // What came out of YAML's core schema is JSON.
    options: site.options as Site["options"],
  }));
}

function elsewhere(sites: readonly Site[], primary: string): readonly string[] {
  const others = sites.map((site) => site.name).filter((name) => name !== primary);
  return others.length > 0 ? others : [primary];
}

function checksOf({ checks, service }: Written): readonly Check[] {
  if (checks === undefined) return [{ method: "GET", path: service.health, status: 200 }];
  return checks.map((check) => {
    const method = methods.find((name) => check[name] !== undefined)!;
    return {
      method: method.toUpperCase() as Check["method"],
      path: check[method]!,
      status: check.status,
      ...given("body", check.body),
      ...given("withinMs", check.within === undefined ? undefined : ms(check.within)),
    };
  });
}

function ms(text: string): number {
  return parseDuration(text)!;
}

/** A text as it is; a number or truth value with the digits and letters of the file (`1.10`, `007`). */
function textAt(tree: Tree, path: readonly string[]): string {
  const here = find(tree, path);
  if (here?.kind !== "scalar") return "";
  return typeof here.value === "string" ? here.value : here.source;
}

function given<const K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
