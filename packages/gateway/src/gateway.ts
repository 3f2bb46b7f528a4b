import { canonicalJson, type GatewayConfig, type GatewayStats } from "@trimaran/contract";
import type { Attempt } from "./attempt.ts";
import { createRetryBudget } from "./budget.ts";
import { type Checker, startChecker } from "./checker.ts";
import type { Core, CoreLanes } from "./core.ts";
import { createEvents, type Events } from "./events.ts";
import type { Exchange } from "./exchange.ts";
import { createTracer } from "./headers.ts";
import { createLanes } from "./lanes.ts";
import { Meter } from "./meter.ts";
import { createRouter } from "./router.ts";
import { reconcile, type Site, type Target } from "./state.ts";
import { statsOf } from "./stats.ts";

/** What the gateway takes from the machine. */
export interface World {
  /** Milliseconds, never running backwards. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /** 0 up to 1. */
  random(): number;
  /** With bytes that nobody can guess. */
  fill(bytes: Uint8Array): void;
}

/** Everything but the sockets that clients reach. */
export interface Gateway {
  readonly core: Core;
  readonly events: Events;
  /** Puts a whole new configuration in force; requests under way are not touched. */
  apply(config: GatewayConfig): void;
  stats(openConnections: number): GatewayStats;
  stop(): void;
}

const AGAIN_MS = 250;
/** Ejections that tell that what waits there waits in vain; an instance with failing checks may still answer what it has. */
const silent = new Set(["connect", "certificate", "timeout", "reset", "latency"]);

export function createGateway(first: GatewayConfig, isTls: boolean, world: World): Gateway {
  const now = () => world.now();
  const lanes = createLanes(now);
  const events = createEvents(() => world.wallClock());
  const router = createRouter();
  const checkers = new Map<Target, Checker>();
  const unassigned = new Meter(now());
  let sites: Site[] = [];
  let wasFailingOpen = false;

  const core: Core = {
    router,
    budget: createRetryBudget(first.limits.retryBudget, first.limits.retryFloor),
    lanes: lanesFor(first),
    config: first,
    isDraining: false,
    retries: 0,
    isTls,
    now,
    newTrace: createTracer((bytes) => world.fill(bytes)),
    target: (site, id) => sites.find((one) => one.name === site)?.targets.find((one) => one.config.id === id),
    count: (site, at, tookMs, isError) => (site?.meter ?? unassigned).record(at, tookMs, isError),
  };
  const targetWorld = {
    config: () => core.config,
    changed(target: Target, healthy: boolean, because: string | undefined) {
      const { name } = target.site;
      events.emit({ type: "target", site: name, target: target.config.id, healthy, ...(because && { because }) });
      refresh();
      if (!healthy && because !== undefined && silent.has(because)) rescue(target);
    },
    now,
    random: () => world.random(),
  };

  function lanesFor({ limits }: GatewayConfig): CoreLanes {
    return {
      firstByte: lanes.of(Math.min(limits.firstByteTimeoutMs, limits.requestTimeoutMs)),
      request: lanes.of(limits.requestTimeoutMs),
      again: lanes.of(AGAIN_MS),
      slowClient: lanes.of(limits.slowClientTimeoutMs),
    };
  }

  function rescue(target: Target): void {
    for (const waiting of lanes.waiting()) {
      const attempt = waiting as Partial<Attempt>;
      if (attempt.target === target) (attempt.owner as Exchange).rescue(waiting as Attempt);
    }
  }

  function refresh(): void {
    router.refresh(sites);
    for (const site of sites) {
      if (site.isHealthy === site.wasHealthy) continue;
      site.wasHealthy = site.isHealthy;
      events.emit({ type: "site", site: site.name, healthy: site.isHealthy });
    }
    if (router.failingOpen === wasFailingOpen) return;
    wasFailingOpen = router.failingOpen;
    events.emit({ type: "failing-open", failingOpen: wasFailingOpen });
  }

  function apply(config: GatewayConfig): void {
    const before = core.config;
    core.config = config;
    core.lanes = lanesFor(config);
    core.budget.limits(config.limits.retryBudget, config.limits.retryFloor);
    const change = reconcile(sites, before, config, targetWorld, now());
    sites = change.sites;
    for (const target of change.removed) {
      checkers.get(target)?.stop();
      checkers.delete(target);
      target.upstream.close();
    }
    for (const target of change.added) checkers.set(target, startChecker(target, targetWorld));
    refresh();
    if (canonicalJson(before) === canonicalJson(config)) return;
    const named = config.sites.map(({ name, weight, enabled }) => ({ name, weight, enabled }));
    events.emit({ type: "config", sites: named });
  }

  apply(first);
  return {
    core,
    events,
    apply,
    stats: (openConnections) =>
      statsOf({ now: now(), at: world.wallClock(), sites, unassigned, core, openConnections }),
    stop() {
      lanes.stop();
      for (const checker of checkers.values()) checker.stop();
      for (const target of sites.flatMap((site) => site.targets)) target.upstream.close();
    },
  };
}
