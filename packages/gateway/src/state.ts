import type { GatewayConfig, GatewaySite, GatewayTarget } from "@trimaran/contract";
import { cookieValue } from "./affinity.ts";
import { createConnector } from "./connector.ts";
import { Meter } from "./meter.ts";
import { Upstream } from "./upstream.ts";
import { Vitals } from "./vitals.ts";

/** One instance of the app, as long as the configuration keeps it at the same address. */
export class Target {
  readonly site: Site;
  readonly url: URL;
  readonly vitals: Vitals;
  readonly upstream: Upstream;
  /** The affinity cookie's value for it. */
  readonly cookie: string;
  config: GatewayTarget;
  inFlight = 0;

  constructor(site: Site, config: GatewayTarget, world: TargetWorld) {
    this.site = site;
    this.config = config;
    this.url = new URL(config.url);
    this.cookie = cookieValue(world.config().cookieKey, site.name, config.id);
    this.vitals = new Vitals(world.config().health, (healthy, because) => world.changed(this, healthy, because));
    const connect = createConnector({
      url: this.url,
      authority: config.authority,
      connectTimeoutMs: () => world.config().limits.connectTimeoutMs,
      handshakeMs: () => world.config().limits.firstByteTimeoutMs,
      canResume: true,
    });
    this.upstream = new Upstream(this.url.origin, connect);
  }
}

export interface TargetWorld {
  config(): GatewayConfig;
  changed(target: Target, healthy: boolean, because: string | undefined): void;
}

export class Site {
  readonly name: string;
  readonly meter: Meter;
  config: GatewaySite;
  targets: Target[] = [];
  /** First attempts since the last change of weights or of the sites that take part. */
  assigned = 0;
  wasHealthy = false;
  /** Round robin among targets that are equally busy. */
  turn = 0;

  constructor(config: GatewaySite, now: number) {
    this.name = config.name;
    this.config = config;
    this.meter = new Meter(now);
  }

  get isHealthy(): boolean {
    return this.targets.some((target) => !target.config.draining && target.vitals.healthy);
  }
}

/**
 * The sites that a new configuration asks for, keeping what is known of those that stay: a target stays while its site, id, address and
 * authority do. `removed` targets finish what they have.
 */
export function reconcile(
  sites: readonly Site[],
  before: GatewayConfig,
  after: GatewayConfig,
  world: TargetWorld,
  now: number,
): { readonly sites: Site[]; readonly removed: readonly Target[]; readonly added: readonly Target[] } {
  const added: Target[] = [];
  const kept = new Set<Target>();
  const next = after.sites.map((config) => {
    const site = sites.find((one) => one.name === config.name) ?? new Site(config, now);
    site.config = config;
    const known = site.targets;
    site.targets = config.targets.map((wanted) => {
      const same = before.cookieKey === after.cookieKey ? known.find((one) => isSame(one.config, wanted)) : undefined;
      const target = same ?? new Target(site, wanted, world);
      target.config = wanted;
      target.vitals.configure(after.health);
      if (same) kept.add(same);
      else added.push(target);
      return target;
    });
    return { site, known };
  });
  const all = [
    ...next.flatMap((one) => one.known),
    ...sites.filter((one) => !next.some((n) => n.site === one)).flatMap((one) => one.targets),
  ];
  return { sites: next.map((one) => one.site), added, removed: all.filter((target) => !kept.has(target)) };
}

function isSame(a: GatewayTarget, b: GatewayTarget): boolean {
  return a.id === b.id && a.url === b.url && a.authority === b.authority;
}
