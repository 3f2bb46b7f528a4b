import {
  type App,
  type Ask,
  figure,
  hoursPerMonth,
  type PriceLine,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

/** An Application Load Balancer and its tasks stand in two zones. */
const zones = 2;
/** What instances in private subnets talk to: registry (two), logs, secrets. */
const interfaceEndpoints = 4;
const wafRules = 3;

export function networkLines(app: App, site: Site, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const options = site.options;
  return [
    ...loadBalancer(load, ask),
    ...(options["nat"] === true ? nat(load, ask) : endpoints(site, ask)),
    ...toUsers(options["cdn"] === true, load, ask),
    ...elsewhere(options["cdn"] === true, load, ask),
    ...(options["waf"] === true ? waf(load, ask) : []),
    ...names(app, load, ask),
  ];
}

/** One LCU is 25 new connections a second or 1 GB an hour, whichever is more: https://aws.amazon.com/elasticloadbalancing/pricing/ */
function loadBalancer(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const perSecond = load.requests / hoursPerMonth / 3600;
  const gbPerHour = load.responseGiB / hoursPerMonth;
  const lcu = Math.max(perSecond / 25, gbPerHour);
  return [
    hours("Application Load Balancer", "1", 1, "alb.hour", ask),
    ask({
      category: "network",
      name: "Load balancer capacity units",
      because: `${figure(lcu)} LCU x ${hoursPerMonth} h: the more of ${figure(perSecond)}/s at 25 and ${figure(gbPerHour)} GB/h at 1`,
      item: "alb.lcu_hour",
      quantity: lcu * hoursPerMonth,
      unit: "LCU-hour",
    }),
    hours("Public IPv4 addresses of the load balancer", `${zones} zones`, zones, "public_ipv4.hour", ask),
  ];
}

function nat(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const through = load.otherCloudsGiB + load.otherRegionsGiB + load.logsGiB;
  return [
    hours("NAT gateways", `${zones} zones`, zones, "nat_gateway.hour", ask),
    hours("Public IPv4 addresses of the NAT gateways", `${zones} zones`, zones, "public_ipv4.hour", ask),
    ask({
      category: "network",
      name: "NAT traffic",
      because: `${figure(through)} GB to other clouds and to AWS services`,
      item: "nat_gateway.gb",
      quantity: through,
      unit: "GB",
    }),
  ];
}

function endpoints(site: Site, ask: Ask): readonly PriceLine[] {
  if (site.options["compute"] === "beanstalk") return [];
  const says = `${interfaceEndpoints} endpoints x ${zones} zones`;
  return [hours("VPC interface endpoints", says, interfaceEndpoints * zones, "vpc.interface_endpoint.hour", ask)];
}

function toUsers(hasCdn: boolean, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const because = `${figure(load.responseGiB)} GB of answers`;
  if (!hasCdn) return [gigabytes("Traffic to users", because, load.responseGiB, "egress.internet.gb", ask)];
  return [
    gigabytes("CloudFront traffic to users", because, load.responseGiB, "cloudfront.egress.us.gb", ask),
    ask({
      category: "network",
      name: "CloudFront requests",
      because: `${figure(load.requests)} HTTPS requests`,
      item: "cloudfront.requests.https.us",
      quantity: load.requests / 1e4,
      unit: "10K requests",
    }),
  ];
}

function elsewhere(hasCdn: boolean, load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const lines: PriceLine[] = [];
  if (load.otherCloudsGiB > 0) {
    const because = `${figure(load.otherCloudsGiB)} GB between the app and its data`;
    // The same meter as the traffic to users: its tiers go on where that stopped.
    const after = hasCdn ? 0 : load.responseGiB;
    lines.push(gigabytes("Traffic to other clouds", because, load.otherCloudsGiB, "egress.internet.gb", ask, after));
  }
  if (load.otherRegionsGiB > 0) {
    const because = `${figure(load.otherRegionsGiB)} GB between the app and its data`;
    lines.push(gigabytes("Traffic to other regions", because, load.otherRegionsGiB, "transfer.inter_region.gb", ask));
  }
  return lines;
}

function waf(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const line = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "network", name, because, item, quantity, unit });
  return [
    line("WAF web ACL", "1", "waf.web_acl.month", 1, "month"),
    line("WAF rules", `${wafRules} managed rule groups`, "waf.rule.month", wafRules, "rule-month"),
    line("WAF requests", figure(load.requests), "waf.requests", load.requests / 1e6, "1M requests"),
  ];
}

function names(app: App, { dns }: SiteLoad, ask: Ask): readonly PriceLine[] {
  if (dns === undefined) return [];
  const line = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "network", name, because, item, quantity, unit });
  return [
    line("Route 53 zone", app.traffic.domain ?? "1", "route53.zone.month", 1, "zone-month"),
    line("Route 53 queries", figure(dns.queries), "route53.queries", dns.queries / 1e6, "1M queries"),
    ...(dns.healthChecks === 0
      ? []
      : [
          line(
            "Route 53 health checks",
            `${dns.healthChecks} sites`,
            "route53.health_check.external.month",
            dns.healthChecks,
            "check-month",
          ),
        ]),
  ];
}

function hours(name: string, says: string, count: number, item: string, ask: Ask): PriceLine {
  const because = `${says} x ${hoursPerMonth} h`;
  return ask({ category: "network", name, because, item, quantity: count * hoursPerMonth, unit: "hour" });
}

function gigabytes(name: string, because: string, quantity: number, item: string, ask: Ask, after = 0): PriceLine {
  return ask({ category: "network", name, because, item, quantity, unit: "GB", after });
}
