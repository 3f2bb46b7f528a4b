import { pause } from "@trimaran/all";
import type { GatewayStats, SiteState } from "@trimaran/contract";
import type { Events } from "./events.ts";
import type { GatewayProcess } from "./gateway.ts";
import { judgeSite } from "./report.ts";
import type { RunningSite } from "./site.ts";

const INTERVAL_MS = 1_000;

export interface Monitor {
  /** The gateway's last counts; undefined before it answered. */
  stats(): GatewayStats | undefined;
  /** Looks now, also at the gateway. */
  look(): Promise<void>;
  /** Looks at the processes alone, at once. */
  glance(): void;
}

/** Looks each second at the gateway's counts and the sites' processes, and tells what changed. */
export function startMonitor(
  sites: readonly RunningSite[],
  gateway: () => GatewayProcess | undefined,
  events: Events,
  signal: AbortSignal,
): Monitor {
  let stats: GatewayStats | undefined;
  const known = new Map<string, SiteState>();

  function glance(): void {
    for (const site of sites) {
      const { name } = site.site;
      const { state, because } = judgeSite(
        site,
        stats?.sites.find((s) => s.name === name),
      );
      if ((known.get(name) ?? "starting") === state) continue;
      known.set(name, state);
      events.emit({ type: "site", site: name, state, ...(because === undefined ? {} : { because }) });
    }
  }

  async function look(): Promise<void> {
    try {
      stats = (await gateway()?.stats()) ?? stats;
    } catch (_itRestarts) {
      // The supervisor starts it again and says so; the last counts stand until then.
    }
    const targets = new Map(stats?.sites.flatMap((s) => s.targets.map((t) => [t.id, t] as const)));
    for (const instance of sites.flatMap((s) => s.instances())) {
      const target = targets.get(instance.id);
      if (target !== undefined) instance.judge(target.healthy, target.because);
    }
    glance();
  }

  void (async () => {
    while (!signal.aborted) {
      await look();
      await pause(INTERVAL_MS, signal);
    }
  })();
  return { stats: () => stats, look, glance };
}
