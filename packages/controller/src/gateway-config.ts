import type { App, GatewayConfig, GatewaySite } from "@trimaran/contract";
import type { RunningSite } from "./site.ts";

/** The gateway's whole desired state, from the app and what runs. */
export function gatewayConfig(
  app: App,
  cookieKey: string,
  sites: readonly RunningSite[],
  weights: ReadonlyMap<string, number>,
  revision: string,
): GatewayConfig {
  const { failures, intervalMs, latencyMs, errors } = app.traffic.failover;
  return {
    sites: sites.map((site) => siteConfig(site, weights.get(site.site.name) ?? 0, revision)),
    affinity: app.service.affinity,
    cookieKey,
    health: { path: app.service.health, intervalMs, failures, latencyMs, errors },
    limits: {
      connectTimeoutMs: 250,
      firstByteTimeoutMs: 2_000,
      requestTimeoutMs: app.service.timeoutMs,
      maxBodyBytes: 0,
      maxHeaderBytes: 64 * 1024,
      slowClientTimeoutMs: 30_000,
      retryBudget: 0.2,
      retryFloor: 100,
    },
  };
}

/** A standby that was given a weight is told to serve: it counts as active. */
function siteConfig({ site, instances }: RunningSite, weight: number, revision: string): GatewaySite {
  return {
    name: site.name,
    role: weight > 0 ? "active" : site.role,
    weight,
    enabled: true,
    // An instance that never answered yet has no traffic to lose; one that did stays, so that its return is seen at once.
    targets: instances()
      .filter((i) => i.hasServed())
      .map(({ id, relay }) => ({ id, revision, url: `http://127.0.0.1:${relay.port}`, draining: false })),
  };
}
