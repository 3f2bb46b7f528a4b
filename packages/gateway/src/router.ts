import { type Chairman, createChairman, toParts } from "./chairman.ts";
import type { Site, Target } from "./state.ts";

/**
 * Who gets the next request. Active sites that are healthy, by weight; else healthy standbys; else healthy sites whose weight is 0;
 * else, failing open, every enabled site by weight, because an answer from a site that looks sick is better than none.
 */
export interface Router {
  /** Call it after every change of configuration or health; the count starts anew only when the sites that take part or their weights did change. */
  refresh(sites: readonly Site[]): void;
  /** First attempts: exact by weight, then the least busy target. Undefined where there is no target at all. */
  pick(): Target | undefined;
  /** For a second try: another site if possible, else another target of the same site, else a healthy standby. */
  pickOther(tried: readonly Target[]): Target | undefined;
  /** Whether a session may stay on, or return to, this target. */
  keeps(target: Target): boolean;
  readonly failingOpen: boolean;
}

export function createRouter(): Router {
  let all: readonly Site[] = [];
  let eligible: readonly Site[] = [];
  let chairman: Chairman = createChairman([1]);
  let failingOpen = false;
  let signature = "";

  const isUsable = (target: Target) => !target.config.draining && (failingOpen || target.vitals.healthy);

  return {
    refresh(sites) {
      all = sites;
      const enabled = sites.filter((site) => site.config.enabled && site.targets.some((t) => !t.config.draining));
      const healthy = enabled.filter((site) => site.isHealthy);
      const tiers = [
        healthy.filter((site) => site.config.role === "active" && site.config.weight > 0),
        healthy.filter((site) => site.config.role === "standby"),
        healthy,
      ];
      const tier = tiers.find((one) => one.length > 0);
      failingOpen = tier === undefined && enabled.length > 0;
      const chosen = tier ?? enabled;
      const parts = toParts(chosen.map((site) => site.config.weight)) ?? [];
      // Where no weight says anything (standbys have 0), the shares are equal.
      const isFlat = parts.every((part) => part === 0);
      const shares = isFlat ? chosen.map(() => 1) : parts.filter((part) => part > 0);
      const sharing = isFlat ? chosen : chosen.filter((_, i) => parts[i]! > 0);
      const next = JSON.stringify([failingOpen, sharing.map((site) => site.name), shares]);
      eligible = sharing;
      if (next === signature) return;
      signature = next;
      chairman = createChairman(shares.length === 0 ? [1] : shares);
      for (const site of sites) site.assigned = 0;
    },
    pick() {
      if (eligible.length === 0) return undefined;
      const site = eligible[chairman.next()]!;
      site.assigned += 1;
      return leastBusy(site, isUsable);
    },
    pickOther(tried) {
      const last = tried.at(-1)!;
      const isNew = (target: Target) => isUsable(target) && !tried.includes(target);
      const others = eligible.filter((site) => site !== last.site);
      // The one with the most room for its weight.
      const roomy = (site: Site) =>
        site.targets.reduce((sum, target) => sum + target.inFlight, 0) / Math.max(site.config.weight, 0.001);
      for (const site of others.toSorted((a, b) => roomy(a) - roomy(b))) {
        const target = leastBusy(site, isNew);
        if (target) return target;
      }
      const standbys = all.filter((site) => site.config.enabled && site.config.role === "standby");
      for (const site of [...(last.site.config.enabled ? [last.site] : []), ...standbys]) {
        const target = leastBusy(site, isNew);
        if (target) return target;
      }
      return undefined;
    },
    keeps(target) {
      const { config } = target.site;
      if (!config.enabled || !isUsable(target)) return false;
      return config.role === "active" || eligible.includes(target.site);
    },
    get failingOpen() {
      return failingOpen;
    },
  };
}

function leastBusy(site: Site, isUsable: (target: Target) => boolean): Target | undefined {
  const { targets } = site;
  const count = targets.length;
  let best: Target | undefined;
  for (let i = 0; i < count; i++) {
    const target = targets[(site.turn + i) % count]!;
    if (isUsable(target) && (best === undefined || target.inFlight < best.inFlight)) best = target;
  }
  site.turn = (site.turn + 1) % Math.max(count, 1);
  return best;
}
