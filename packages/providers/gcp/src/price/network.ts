import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

/** GiB up to which the book knows what Cloud CDN costs. */
const cdnKnownTo = 10_240;
const armorRules = 3;
/** KiB of a request, as the load balancer counts it. */
const requestKiB = 1;

export function networkLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const hasCdn = site.options["cdn"] === true;
  const hasWaf = site.options["waf"] === true;
  // Without a name of its own the app is reached at Cloud Run's address.
  const hasBalancer = hasCdn || hasWaf || app.traffic.domain !== undefined;
  return [
    ...(hasBalancer ? loadBalancer(load, ask) : []),
    ...(hasCdn ? cdn(load, ask) : [toUsers(load, ask)]),
    ...elsewhere(hasCdn, load, ask),
    ...(hasWaf ? armor(ask) : []),
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

function loadBalancer(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const inGiB = (load.requests * requestKiB) / 2 ** 20;
  const time = `1 rule x ${hoursPerMonth} h`;
  return [
    line(ask, "Load balancer", time, "lb.forwarding_rules.first5.hour", hoursPerMonth, "hour"),
    line(ask, "Load balancer, requests", `${figure(inGiB)} GiB`, "lb.data_in_gb", inGiB, "GiB"),
    line(ask, "Load balancer, answers", `${figure(load.responseGiB)} GiB`, "lb.data_out_gb", load.responseGiB, "GiB"),
  ];
}

function toUsers(load: SiteLoad, ask: Ask): PriceLine {
  const because = `${figure(load.responseGiB)} GiB of answers`;
  return line(ask, "Traffic to users", because, "egress.internet.gb", load.responseGiB, "GiB");
}

function cdn(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const known = Math.min(load.responseGiB, cdnKnownTo);
  const beyond = load.responseGiB - known;
  const name = "Cloud CDN traffic to users";
  const lines = [
    line(ask, name, `${figure(known)} GiB of answers`, "cdn.egress.north_america.gb", known, "GiB"),
    line(ask, "Cloud CDN lookups", figure(load.requests), "cdn.lookups", load.requests / 1e4, "10K requests"),
  ];
  if (beyond <= 0) return lines;
  const because = `${figure(beyond)} GiB beyond 10 TiB`;
  return [...lines, line(ask, `${name}, beyond 10 TiB`, because, "cdn.egress.beyond_10tib.gb", beyond, "GiB")];
}

function elsewhere(hasCdn: boolean, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const lines: PriceLine[] = [];
  const says = (gib: number) => `${figure(gib)} GiB between the app and its data`;
  if (load.otherCloudsGiB > 0) {
    // The same meter as the traffic to users: its tiers go on where that stopped.
    const after = hasCdn ? 0 : load.responseGiB;
    const gib = load.otherCloudsGiB;
    lines.push(line(ask, "Traffic to other clouds", says(gib), "egress.internet.gb", gib, "GiB", after));
  }
  if (load.otherRegionsGiB > 0) {
    const gib = load.otherRegionsGiB;
    lines.push(line(ask, "Traffic to other regions", says(gib), "transfer.inter_region.gb", gib, "GiB"));
  }
  return lines;
}

function armor(ask: Ask): readonly PriceLine[] {
  return [
    line(ask, "Cloud Armor policy", "1", "cloudarmor.policy.month", 1, "month"),
    line(ask, "Cloud Armor rules", `${armorRules} managed rules`, "cloudarmor.rule.month", armorRules, "rule-month"),
  ];
}

function names(app: App, { dns }: SiteLoad, ask: Ask): readonly PriceLine[] {
  if (dns === undefined) return [];
  const lines = [
    line(ask, "Cloud DNS zone", app.traffic.domain ?? "1", "dns.zone.month", 1, "zone-month"),
    line(ask, "Cloud DNS queries", figure(dns.queries), "dns.queries", dns.queries / 1e6, "1M queries"),
  ];
  if (dns.healthChecks === 0) return lines;
  const sites = `${dns.healthChecks} sites`;
  return [
    ...lines,
    line(ask, "Cloud DNS health checks", sites, "dns.health_check.month", dns.healthChecks, "check-month"),
  ];
}
