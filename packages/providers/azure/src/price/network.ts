import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

export function networkLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const hasWaf = site.options["waf"] === true;
  const isFrontDoor = site.options["ingress"] === "front-door" || site.options["cdn"] === true;
  const isGateway = !isFrontDoor && (site.options["ingress"] === "application-gateway" || hasWaf);
  return [
    ...(isGateway ? gateway(hasWaf, load, ask) : []),
    ...(isFrontDoor ? frontDoor(hasWaf ? "premium" : "standard", load, ask) : [toUsers(load, ask)]),
    ...elsewhere(isFrontDoor, load, ask),
    ...privateNames(load, ask),
    ...names(app, load, ask),
  ];
}

function line(
  ask: Ask,
  name: string,
  because: string,
  item: string,
  quantity: number,
  unit: string,
  after = 0,
): PriceLine {
  return ask({ category: "network", name, because, item, quantity, unit, after });
}

function toUsers(load: SiteLoad, ask: Ask): PriceLine {
  const because = `${figure(load.responseGiB)} GB of answers`;
  return line(ask, "Traffic to users", because, "egress.internet.gb", load.responseGiB, "GB");
}

/** A capacity unit is 2.22 Mb/s, or 50 connections a second: https://learn.microsoft.com/azure/application-gateway/understanding-pricing */
function gateway(hasWaf: boolean, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const item = hasWaf ? "appgw.waf_v2" : "appgw.standard_v2";
  const name = hasWaf ? "Application Gateway WAF v2" : "Application Gateway Standard v2";
  const megabits = (load.responseGiB * 2 ** 30 * 8) / 1e6 / (hoursPerMonth * 3600);
  const perSecond = load.requests / (hoursPerMonth * 3600);
  const units = Math.max(megabits / 2.22, perSecond / 50);
  const each = `${figure(units)} CU x ${hoursPerMonth} h`;
  const time = `1 x ${hoursPerMonth} h`;
  return [
    line(ask, name, time, `${item}.hour`, hoursPerMonth, "hour"),
    line(ask, `${name} capacity`, each, `${item}.capacity_unit_hour`, units * hoursPerMonth, "CU-hour"),
    line(ask, "Public IPv4 address of the gateway", time, "public_ipv4.hour", hoursPerMonth, "hour"),
  ];
}

function frontDoor(tier: "standard" | "premium", load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const gib = `${figure(load.responseGiB)} GB of answers`;
  const item = `frontdoor.${tier}`;
  return [
    line(ask, `Front Door ${tier}`, "1", `${item}.base.month`, 1, "month"),
    line(
      ask,
      "Front Door requests",
      figure(load.requests),
      `${item}.requests.zone1`,
      load.requests / 1e4,
      "10K requests",
    ),
    line(ask, "Front Door traffic to users", gib, `${item}.egress.zone1.gb`, load.responseGiB, "GB"),
  ];
}

function elsewhere(isFrontDoor: boolean, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const lines: PriceLine[] = [];
  const says = (gib: number) => `${figure(gib)} GB between the app and its data`;
  if (load.otherCloudsGiB > 0) {
    // The same meter as the traffic to users: its tiers go on where that stopped.
    const after = isFrontDoor ? 0 : load.responseGiB;
    const gib = load.otherCloudsGiB;
    lines.push(line(ask, "Traffic to other clouds", says(gib), "egress.internet.gb", gib, "GB", after));
  }
  if (load.otherRegionsGiB > 0) {
    const gib = load.otherRegionsGiB;
    lines.push(line(ask, "Traffic to other regions", says(gib), "transfer.inter_region.gb", gib, "GB"));
  }
  return lines;
}

/** The database is reached by a private name. */
function privateNames(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  if (!load.resources.some((r) => r.resource.type === "postgres")) return [];
  return [line(ask, "Private DNS zone of the database", "1", "dns.zone.month", 1, "zone-month")];
}

function names(app: App, { dns }: SiteLoad, ask: Ask): readonly PriceLine[] {
  if (dns === undefined) return [];
  const queries = dns.queries / 1e6;
  const many = figure(dns.queries);
  const lines = [
    line(ask, "DNS zone", app.traffic.domain ?? "1", "dns.zone.month", 1, "zone-month"),
    line(ask, "DNS queries", many, "dns.queries", queries, "1M queries"),
  ];
  if (dns.healthChecks === 0) return lines;
  const checks = dns.healthChecks;
  const health = "trafficmanager.health_check.external.month";
  return [
    ...lines,
    line(ask, "Traffic Manager queries", many, "trafficmanager.queries", queries, "1M queries"),
    line(ask, "Traffic Manager health checks", `${checks} sites`, health, checks, "endpoint-month"),
  ];
}
