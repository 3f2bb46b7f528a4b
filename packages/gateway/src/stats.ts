import type { GatewaySiteStats, GatewayStats } from "@trimaran/contract";
import type { Core } from "./core.ts";
import { BUCKETS, type Meter, percentile } from "./meter.ts";
import type { Site } from "./state.ts";

export interface StatsInput {
  readonly now: number;
  readonly at: number;
  readonly sites: readonly Site[];
  /** Requests that no site got. */
  readonly unassigned: Meter;
  readonly core: Core;
  readonly openConnections: number;
}

const round = (x: number) => Math.round(x * 1000) / 1000;

export function statsOf({ now, at, sites, unassigned, core, openConnections }: StatsInput): GatewayStats {
  const meters = [...sites.map((site) => site.meter), unassigned];
  const total = (of: (meter: Meter) => number) => meters.reduce((sum, meter) => sum + of(meter), 0);
  const whole = new Uint32Array(BUCKETS);
  for (const meter of meters) meter.addTo(whole, now);
  const recent = total((meter) => meter.recent(now));
  return {
    at,
    failingOpen: core.router.failingOpen,
    requests: total((meter) => meter.requests),
    requestsPerSecond: round(total((meter) => meter.perSecond(now))),
    p50Ms: round(percentile(whole, 0.5)),
    p99Ms: round(percentile(whole, 0.99)),
    errors: total((meter) => meter.errors),
    retries: core.retries,
    openConnections,
    sites: sites.map((site) => siteStats(site, now, recent)),
  };
}

function siteStats(site: Site, now: number, recent: number): GatewaySiteStats {
  const { meter } = site;
  const histogram = meter.addTo(new Uint32Array(BUCKETS), now);
  return {
    name: site.name,
    healthy: site.isHealthy,
    assigned: site.assigned,
    share: recent === 0 ? 0 : meter.recent(now) / recent,
    requests: meter.requests,
    requestsPerSecond: round(meter.perSecond(now)),
    p50Ms: round(percentile(histogram, 0.5)),
    p99Ms: round(percentile(histogram, 0.99)),
    errors: meter.errors,
    targets: site.targets.map(({ config, vitals, inFlight }) => ({
      id: config.id,
      healthy: vitals.healthy,
      inFlight,
      ...(vitals.because === undefined ? {} : { because: vitals.because }),
    })),
  };
}
