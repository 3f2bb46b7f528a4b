import { noFault, type PostgresInstalled, type RelayFault } from "@trimaran/all";
import type { ChaosAction, ChaosRequest, Site } from "@trimaran/contract";
import { createDatabase } from "./database.ts";
import { resourcesAt } from "./homes.ts";
import { createInstance, type Instance, type Recipes } from "./instance.ts";
import { createLocalCloud, type LocalCloudProcess } from "./local-cloud.ts";
import type { SiteProcess, SiteService } from "./service.ts";
import type { World } from "./world.ts";

/** One site as it runs here: a local cloud, a database server where one is at home, and the app's instances. */
export interface RunningSite {
  readonly site: Site;
  readonly cloud: LocalCloudProcess;
  readonly database: SiteProcess | undefined;
  instances(): readonly Instance[];
  services(): readonly SiteService[];
  chaos(): readonly ChaosAction[];
  /** Resolves when its services serve. */
  startServices(): Promise<void>;
  startInstances(revision: string, recipes: Recipes): Promise<void>;
  inflict(request: ChaosRequest): Promise<void>;
  stopInstances(): Promise<void>;
  stopServices(): Promise<void>;
}

type Part = "instances" | "services";
const parts: readonly Part[] = ["instances", "services"];
const SLOW_MS = 1_000;
const RESET_SHARE = 0.5;

export async function createSite(
  world: World,
  site: Site,
  postgres: () => Promise<PostgresInstalled>,
): Promise<RunningSite> {
  const hasDatabase = resourcesAt(world.app, site).some((r) => r.type === "postgres");
  const [cloud, database] = await Promise.all([
    createLocalCloud(world, site),
    hasDatabase ? createDatabase(world, site, postgres) : undefined,
  ]);
  const serving: readonly SiteProcess[] = database === undefined ? [cloud] : [cloud, database];
  const instances: Instance[] = [];
  /** What was done to each part, and not healed yet. */
  const inflicted: Readonly<Record<Part, Set<ChaosAction>>> = { instances: new Set(), services: new Set() };

  const processesOf = (part: Part) => (part === "instances" ? instances : serving).map(({ process }) => process);
  const relaysOf = (part: Part) =>
    part === "instances" ? instances.map((i) => i.relay) : serving.flatMap((s) => s.relays);
  const applyFaults = (part: Part) => {
    for (const relay of relaysOf(part)) relay.fault(faultOf(inflicted[part]));
  };

  async function kill(part: Part): Promise<void> {
    // Refused at once, before anything dies: what comes from now on is tried elsewhere instead of being lost.
    await Promise.all(relaysOf(part).map((relay) => relay.close()));
    await Promise.all(processesOf(part).map((process) => process.kill()));
  }

  async function heal(part: Part): Promise<void> {
    const before = new Set(inflicted[part]);
    inflicted[part].clear();
    applyFaults(part);
    if (before.has("pause")) for (const process of processesOf(part)) process.thaw();
    if (before.has("kill")) await Promise.all(processesOf(part).map((process) => process.start()));
  }

  return {
    site,
    cloud,
    database,
    instances: () => instances,
    services: () => serving.flatMap((s) => s.services),
    chaos: () => [...new Set(parts.flatMap((part) => [...inflicted[part]]))],
    startServices: async () => {
      await Promise.all(serving.map((s) => s.process.start()));
      await Promise.all(serving.map((s) => s.ready));
    },
    startInstances: async (revision, recipes) => {
      const count = Math.max(1, world.app.service.scale.min);
      for (let number = 1; number <= count; number++)
        instances.push(await createInstance(world, site, number, revision, recipes));
      applyFaults("instances");
      if (inflicted.instances.has("kill")) return;
      await Promise.all(instances.map((i) => i.process.start()));
    },
    inflict: async ({ action, only }) => {
      const meant = only === undefined ? parts : [only];
      for (const part of meant) {
        if (action === "heal") continue;
        inflicted[part].add(action);
        applyFaults(part);
        if (action === "pause") for (const process of processesOf(part)) process.freeze();
      }
      if (action === "kill") await Promise.all(meant.map(kill));
      // The services first: instances that start again look for them.
      if (action === "heal") for (const part of [...meant].reverse()) await heal(part);
    },
    stopInstances: async () => void (await Promise.all(instances.map((i) => i.process.stop()))),
    stopServices: async () => {
      await Promise.all(serving.map((s) => s.process.stop()));
      await Promise.all([...relaysOf("instances"), ...relaysOf("services")].map((relay) => relay.destroy()));
    },
  };
}

function faultOf(actions: ReadonlySet<ChaosAction>): RelayFault {
  return {
    isCut: actions.has("partition"),
    delayMs: actions.has("slow") ? SLOW_MS : noFault.delayMs,
    resetShare: actions.has("errors") ? RESET_SHARE : noFault.resetShare,
  };
}
