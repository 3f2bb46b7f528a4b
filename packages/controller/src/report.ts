import type { App, GatewaySiteStats, GatewayStats, SiteState, SiteStatus, TrafficReport } from "@trimaran/contract";
import type { RunningSite } from "./site.ts";

/** What a site is, by its processes and by what the gateway sees of them. */
export function judgeSite(
  site: RunningSite,
  stats: GatewaySiteStats | undefined,
): { readonly state: SiteState; readonly because?: string } {
  const instances = site.instances();
  const services = site.services();
  const running = instances.filter((i) => i.process.pid() !== null);
  const well = instances.filter((i) => i.state() === "healthy");
  const down = services.filter((s) => !s.isUp()).map((s) => s.name);
  if (site.chaos().includes("kill") && running.length === 0) return { state: "down", because: "killed" };
  if (instances.length === 0 || (well.length === 0 && !instances.some((i) => i.hasServed()))) {
    return {
      state: "starting",
      ...reasonOf(instances.find((i) => i.state() === "backoff") && "the app ends again and again"),
    };
  }
  if (running.length === 0) return { state: "down", because: "no instance runs" };
  if (well.length === 0) return { state: "unhealthy", ...reasonOf(stats?.targets.find((t) => !t.healthy)?.because) };
  if (down.length > 0) return { state: "degraded", because: `down: ${down.join(", ")}` };
  if (well.length < instances.length)
    return { state: "degraded", because: `${well.length} of ${instances.length} instances` };
  return { state: "healthy" };
}

function reasonOf(because: string | undefined): { readonly because?: string } {
  return because === undefined ? {} : { because };
}

export function siteStatus(
  site: RunningSite,
  isStopping: boolean,
  weight: number,
  stats: GatewaySiteStats | undefined,
): SiteStatus {
  const { name, cloud, region, role } = site.site;
  const { state, because } = judgeSite(site, stats);
  return {
    name,
    cloud,
    region,
    role,
    state: isStopping ? "stopping" : state,
    ...(isStopping ? {} : reasonOf(because)),
    chaos: site.chaos(),
    weight,
    share: stats?.share ?? 0,
    instances: site.instances().map((i) => i.status()),
    services: site
      .services()
      .map((s) => ({ name: s.name, state: s.isUp() ? "up" : "down", pid: s.process.pid(), endpoint: s.endpoint() })),
    requestsPerSecond: stats?.requestsPerSecond ?? 0,
    p50Ms: stats?.p50Ms ?? 0,
    p99Ms: stats?.p99Ms ?? 0,
    errors: stats?.errors ?? 0,
  };
}

export function trafficReport(
  app: App,
  weights: ReadonlyMap<string, number>,
  stats: GatewayStats | undefined,
): TrafficReport {
  const total = [...weights.values()].reduce((sum, w) => sum + w, 0);
  const assigned = (name: string) => stats?.sites.find((s) => s.name === name)?.assigned ?? 0;
  const all = app.sites.reduce((sum, s) => sum + assigned(s.name), 0);
  return {
    sites: app.sites.map(({ name, role }) => {
      const weight = weights.get(name) ?? 0;
      return {
        name,
        role,
        weight,
        planned: total === 0 ? 0 : weight / total,
        measured: all === 0 ? 0 : assigned(name) / all,
        assigned: assigned(name),
      };
    }),
  };
}
