import { join } from "node:path";
import { type PostgresInstalled, pause, type Release, readTail, runOnce } from "@trimaran/all";
import { TrimaranError } from "@trimaran/contract";
import type { Reach } from "./binding.ts";
import { installPostgres } from "./database.ts";
import { type GatewayProcess, startGateway } from "./gateway.ts";
import { gatewayConfig } from "./gateway-config.ts";
import { homeOf } from "./homes.ts";
import { type Monitor, startMonitor } from "./monitor.ts";
import { instanceRecipes, type Kitchen, migrateRecipe } from "./recipe.ts";
import { type Built, buildRelease } from "./release.ts";
import { createSite, type RunningSite } from "./site.ts";
import { readJson, writeJson } from "./state.ts";
import { supervision, untilStopped, type World } from "./world.ts";

/** All that runs, as far as it has come. */
export interface Running {
  readonly sites: readonly RunningSite[];
  readonly weights: Map<string, number>;
  readonly monitor: Monitor;
  gateway: GatewayProcess | undefined;
  release: Release | undefined;
  /** Settles when nothing of the start is under way any more, also after it was given up. */
  starting: Promise<unknown>;
}

const MIGRATE_LIMIT_MS = 600_000;
const HEALTHY_LIMIT_MS = 60_000;
/** An app that ended this often before it was ever healthy will not be by waiting. */
const HOPELESS_AFTER = 5;

export interface LaunchOptions {
  readonly appFolder: string;
  readonly port: number | undefined;
  readonly gatewaySocket: string;
}

/** Makes the sites, without starting anything yet. */
export async function createRunning(world: World): Promise<Running> {
  let installed: Promise<PostgresInstalled> | undefined;
  const postgres = () => (installed ??= installPostgres(world.machine));
  const sites = await Promise.all(world.app.sites.map((site) => createSite(world, site, postgres)));
  const running: Running = {
    sites,
    weights: new Map(world.app.sites.map((s) => [s.name, s.weight])),
    monitor: startMonitor(sites, () => running.gateway, world.events, world.stopping),
    gateway: undefined,
    release: undefined,
    starting: Promise.resolve(),
  };
  return running;
}

/** Starts everything, as much at the same time as can be. Resolves when every site was healthy once or was given up. */
export async function launch(world: World, running: Running, options: LaunchOptions): Promise<void> {
  const { app, events } = world;
  const phase = (says: string, site?: string) =>
    events.emit({ type: "phase", says, ...(site === undefined ? {} : { site }) });
  const applyConfig = configApplier(world, running);
  const serving = new Map(
    running.sites.map((site) => [
      site.site.name,
      site.startServices().then(() => phase(`${site.site.cloud} services serve`, site.site.name)),
    ]),
  );
  const release = buildRelease(world, options.appFolder).then((made) => {
    running.release = made.release;
    phase(`release ${made.release.digest.slice(0, 12)}`);
    return made;
  });
  const gateway = startGateway(world, options.port, options.gatewaySocket, currentConfig(world, running)).then(
    (started) => {
      running.gateway = started;
      phase(`gateway at ${started.url}`);
    },
  );
  // Whoever fails first is reported; the others must not count as unhandled.
  for (const one of [...serving.values(), release, gateway]) one.catch(() => {});

  const stopped = untilStopped(world.stopping);
  stopped.catch(() => {});
  const homesReady = (site: RunningSite) =>
    Promise.race([
      Promise.all(
        [site.site, ...app.resources.map((r) => homeOf(app, r, site.site))].map((home) => serving.get(home.name)),
      ),
      stopped,
    ]);
  const reach: Reach = (name) => {
    const found = running.sites.find((s) => s.site.name === name);
    if (found === undefined) throw new TrimaranError("internal", "a home that is no site");
    return { cloud: found.cloud.announced(), postgresPort: found.database?.relays[0]?.port };
  };
  const kitchenOf = (made: Built): Kitchen => ({ world, ...made, revision: made.release.digest.slice(0, 12), reach });

  const migrated = migrateOnce(world, running, () => release.then(kitchenOf), homesReady, phase);
  running.starting = Promise.allSettled([gateway, release, migrated]);
  const started = running.sites.map(async (site) => {
    const [made] = await Promise.all([release, homesReady(site), migrated]);
    const kitchen = kitchenOf(made);
    if (world.stopping.aborted) return;
    await site.startInstances(kitchen.revision, instanceRecipes(kitchen, site.site));
    phase("instances start", site.site.name);
  });
  const unlisten = events.listen((event) => {
    if (event.type !== "instance") return;
    running.monitor.glance();
    if (event.state === "healthy") applyConfig();
  });
  world.stopping.addEventListener("abort", unlisten, { once: true });
  await Promise.all([gateway, ...started]);
  writeJson(world.state.file("ports.json"), world.ports.taken());
  await untilHealthy(world, running);
}

export function currentConfig(world: World, running: Running) {
  return gatewayConfig(
    world.app,
    world.keys.cookieKey,
    running.sites,
    running.weights,
    running.release?.digest.slice(0, 12) ?? "none",
  );
}

/** Puts the gateway's configuration; calls that come while one is under way become one more. */
export function configApplier(world: World, running: Running): () => void {
  let isBusy = false;
  let isAsked = false;
  return function apply(): void {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    void (async () => {
      while (isAsked && !world.stopping.aborted) {
        if (running.gateway === undefined) {
          await pause(10, world.stopping);
          continue;
        }
        isAsked = false;
        try {
          await running.gateway.apply(currentConfig(world, running));
          await running.monitor.look();
        } catch (e) {
          if (world.stopping.aborted) return;
          world.events.emit({
            type: "warning",
            says: e instanceof TrimaranError ? e.message : "the gateway did not take its configuration",
          });
          isAsked = true;
          await pause(500, world.stopping);
        }
      }
    })().finally(() => {
      isBusy = false;
    });
  };
}

/** Runs `service.migrate` at the primary site once a release. Throws unavailable with where its log is. */
async function migrateOnce(
  world: World,
  running: Running,
  kitchen: () => Promise<Kitchen>,
  homesReady: (site: RunningSite) => Promise<unknown>,
  phase: (says: string, site?: string) => void,
): Promise<void> {
  const { migrate } = world.app.service;
  const primary = running.sites.find((s) => s.site.name === world.app.recovery.primary) ?? running.sites[0];
  if (migrate === undefined || primary === undefined) return;
  const made = await kitchen();
  const file = world.state.file("migrated.json");
  const { digest } = made.release;
  const done = (readJson(file) ?? {}) as { readonly digest?: string; readonly site?: string };
  if (done.digest === digest && done.site === primary.site.name) return;
  await homesReady(primary);
  const { name } = primary.site;
  phase("migrate", name);
  const how = { ...supervision(world, name, "migrate"), limitMs: MIGRATE_LIMIT_MS, signal: world.stopping };
  try {
    await runOnce(await migrateRecipe(made, primary.site, migrate), how);
  } catch (e) {
    if (!(e instanceof TrimaranError) || e.code === "canceled") throw e;
    const [last] = readTail(how.logPath, 1);
    world.events.emit({
      type: "warning",
      says: `service.migrate failed; its log ends with: ${last ?? "(nothing)"}`,
      hint: join(how.logPath),
    });
    throw new TrimaranError(e.code, "service.migrate did not succeed, so nothing of this release runs", {
      cause: e,
      hint: `look into ${how.logPath}`,
    });
  }
  writeJson(file, { digest, site: name });
}

async function untilHealthy(world: World, running: Running): Promise<void> {
  const endsAt = world.machine.now() + HEALTHY_LIMIT_MS;
  const isSeenBy = (name: string) => running.monitor.stats()?.sites.find((s) => s.name === name)?.healthy === true;
  const isHopeless = (site: RunningSite) =>
    site.instances().every((i) => !i.hasServed() && i.process.restarts() >= HOPELESS_AFTER);
  const waiting = () =>
    running.sites.filter(
      (s) =>
        !(s.instances().every((i) => i.hasServed()) && isSeenBy(s.site.name)) &&
        !isHopeless(s) &&
        s.chaos().length === 0,
    );
  while (waiting().length > 0 && world.machine.now() < endsAt && !world.stopping.aborted) {
    await pause(30, world.stopping);
    if (running.sites.some((s) => s.instances().some((i) => i.hasServed()))) await running.monitor.look();
  }
  if (world.stopping.aborted) throw new TrimaranError("canceled", "stopped while it was starting");
  const failed = running.sites.filter((s) => !s.instances().some((i) => i.hasServed()));
  const logOf = (site: RunningSite) => site.instances()[0]?.process.logPath ?? world.state.logs;
  const [first] = failed;
  if (first !== undefined && failed.length === running.sites.length) {
    throw new TrimaranError("unavailable", "the app became healthy at no site", { hint: `look into ${logOf(first)}` });
  }
  for (const site of failed)
    world.events.emit({
      type: "warning",
      says: `site ${site.site.name} did not become healthy`,
      hint: `look into ${logOf(site)}`,
    });
}
