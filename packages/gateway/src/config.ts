import {
  type GatewayConfig,
  type GatewayLimits,
  type GatewaySite,
  type GatewayStart,
  type GatewayTarget,
  TrimaranError,
} from "@trimaran/contract";
import { toParts } from "./chairman.ts";

/** Unknown input to a config that holds, or invalid_argument which names the place: `sites[0].targets[1].url`. */
export function parseConfig(input: unknown): GatewayConfig {
  const config = record(input, "config");
  const sites = list(config["sites"], "sites").map(parseSite);
  unique(
    sites.map((site) => site.name),
    "sites",
  );
  if (toParts(sites.map((site) => site.weight)) === undefined) {
    wrong("sites[].weight", "at most 64 sites, and weights whose ratio is at most 1,000,000 to 1");
  }
  const health = record(config["health"], "health");
  const cookieKey = text(config["cookieKey"], "cookieKey");
  if (!/^[0-9a-f]{64}$/i.test(cookieKey)) wrong("cookieKey", "32 bytes in hex");
  const path = text(health["path"], "health.path");
  if (!/^\/[\x21-\x7e]*$/.test(path)) wrong("health.path", "a path that starts with /");
  return {
    sites,
    affinity: oneOf(config["affinity"], ["none", "session"] as const, "affinity"),
    cookieKey,
    health: {
      path,
      intervalMs: number(health["intervalMs"], "health.intervalMs", 10),
      failures: number(health["failures"], "health.failures", 1),
      latencyMs: number(health["latencyMs"], "health.latencyMs", 1),
      errors: number(health["errors"], "health.errors", 0, 1),
    },
    limits: parseLimits(config["limits"]),
  };
}

/** What standard input brought to a start that holds; invalid_argument otherwise. */
export function parseStart(input: unknown): GatewayStart {
  const start = record(input, "start");
  const listen = record(start["listen"], "listen");
  const tls = start["tls"] === undefined ? undefined : record(start["tls"], "tls");
  return {
    listen: { host: text(listen["host"], "listen.host"), port: number(listen["port"], "listen.port", 0, 65_535) },
    controlSocket: text(start["controlSocket"], "controlSocket"),
    config: parseConfig(start["config"]),
    ...(tls && { tls: { key: text(tls["key"], "tls.key"), certificate: text(tls["certificate"], "tls.certificate") } }),
    exitWithStdin: start["exitWithStdin"] === undefined ? false : flag(start["exitWithStdin"], "exitWithStdin"),
    drainMs: start["drainMs"] === undefined ? 10_000 : number(start["drainMs"], "drainMs", 0),
  };
}

function parseLimits(input: unknown): GatewayLimits {
  const limits = record(input, "limits");
  const at = (name: keyof GatewayLimits, least: number, most?: number) =>
    number(limits[name], `limits.${name}`, least, most);
  return {
    connectTimeoutMs: at("connectTimeoutMs", 1),
    firstByteTimeoutMs: at("firstByteTimeoutMs", 1),
    requestTimeoutMs: at("requestTimeoutMs", 1),
    maxBodyBytes: at("maxBodyBytes", 0),
    maxHeaderBytes: at("maxHeaderBytes", 512),
    slowClientTimeoutMs: at("slowClientTimeoutMs", 1),
    retryBudget: at("retryBudget", 0, 1),
    retryFloor: at("retryFloor", 0),
  };
}

function parseSite(input: unknown, i: number): GatewaySite {
  const at = `sites[${i}]`;
  const site = record(input, at);
  const targets = list(site["targets"], `${at}.targets`).map((t, j) => parseTarget(t, `${at}.targets[${j}]`));
  unique(
    targets.map((target) => target.id),
    `${at}.targets`,
  );
  return {
    name: token(site["name"], `${at}.name`),
    role: oneOf(site["role"], ["active", "standby"] as const, `${at}.role`),
    weight: number(site["weight"], `${at}.weight`, 0),
    enabled: flag(site["enabled"], `${at}.enabled`),
    targets,
  };
}

function parseTarget(input: unknown, at: string): GatewayTarget {
  const target = record(input, at);
  const url = text(target["url"], `${at}.url`);
  const parsed = URL.parse(url);
  const isOrigin = parsed?.pathname === "/" && parsed.search === "" && parsed.username === "" && parsed.hash === "";
  if (!parsed || !isOrigin || !/^https?:$/.test(parsed.protocol)) wrong(`${at}.url`, "http(s)://host[:port]");
  const { authority, host } = target;
  return {
    id: token(target["id"], `${at}.id`),
    revision: token(target["revision"], `${at}.revision`),
    url,
    draining: flag(target["draining"], `${at}.draining`),
    ...(authority === undefined ? {} : { authority: text(authority, `${at}.authority`) }),
    ...(host === undefined ? {} : { host: token(host, `${at}.host`) }),
  };
}

function wrong(at: string, wanted: string): never {
  throw new TrimaranError("invalid_argument", `gateway: ${at} must be ${wanted}`);
}

function record(x: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof x !== "object" || x === null || Array.isArray(x)) wrong(at, "an object");
  return x as Record<string, unknown>;
}

function list(x: unknown, at: string): readonly unknown[] {
  return Array.isArray(x) ? x : wrong(at, "a list");
}

function text(x: unknown, at: string): string {
  return typeof x === "string" && x !== "" ? x : wrong(at, "a text");
}

/** What goes into a header or a cookie as it is. */
function token(x: unknown, at: string): string {
  const value = text(x, at);
  return /^[\x21-\x7e]+$/.test(value) ? value : wrong(at, "printable ASCII without spaces");
}

function flag(x: unknown, at: string): boolean {
  return typeof x === "boolean" ? x : wrong(at, "true or false");
}

function number(x: unknown, at: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  return typeof x === "number" && x >= least && x <= most ? x : wrong(at, `a number from ${least} to ${most}`);
}

function oneOf<T extends string>(x: unknown, all: readonly T[], at: string): T {
  return all.find((one) => one === x) ?? wrong(at, all.join(" or "));
}

function unique(names: readonly string[], at: string): void {
  if (new Set(names).size !== names.length) wrong(at, "free of doubles");
}
