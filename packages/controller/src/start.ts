import type { Server } from "node:http";
import { dirname, resolve } from "node:path";
import { entryPath, killMarked, killOrphans, openPortBook, pause, providers as realProviders } from "@trimaran/all";
import {
  type App,
  type ChaosRequest,
  type ControllerEvent,
  isTrimaranError,
  type StatusReport,
  type TrafficReport,
  TrimaranError,
} from "@trimaran/contract";
import { reportOf, serveControl } from "./control-server.ts";
import { createEvents, type Events } from "./events.ts";
import { thisMachine } from "./host.ts";
import { createRunning, currentConfig, launch, type Running } from "./launch.ts";
import { takeLock } from "./lock.ts";
import { siteStatus, trafficReport } from "./report.ts";
import { socketPath } from "./socket-path.ts";
import { openState, readJson, readKeys } from "./state.ts";
import { checkSupport } from "./support.ts";
import { readTrust } from "./trust.ts";
import { untilStopped, type World } from "./world.ts";

export interface ControllerOptions {
  readonly app: App;
  /** The spec as it was read. */
  readonly specText: string;
  /** Absolute: `.trimaran/<environment>` beside the spec. */
  readonly stateFolder: string;
  /** The gateway's. Without it the last one, 8080, or a free one. */
  readonly port?: number;
  readonly mode?: "local";
  readonly onEvent?: (event: ControllerEvent) => void;
  /** Aborted: the start is given up, all that runs is stopped, and `startController` throws canceled. */
  readonly signal?: AbortSignal;
}

/** What `up` holds. */
export interface Controller {
  readonly url: string;
  status(): StatusReport;
  /** With counts that are asked of the gateway now. */
  traffic(): Promise<TrafficReport>;
  /** A site that is not named keeps its weight. Throws invalid_argument, not_found. */
  setTraffic(weights: Readonly<Record<string, number>>): Promise<TrafficReport>;
  /** Throws not_found. */
  chaos(request: ChaosRequest): Promise<void>;
  /** Stops everything in good order; the data stays. Calling it again gives the same promise. */
  stop(): Promise<void>;
  /** Resolves when it has stopped, whoever asked for it. */
  readonly done: Promise<void>;
}

/**
 * Runs the app on a local cloud for each site and resolves when every site was healthy once or was given up. Throws lease_held when
 * another process runs this state folder; unsupported, tool_missing, already_exists (the port), unavailable (with where the log is).
 */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const machine = thisMachine();
  const { app } = options;
  const warnings = checkSupport(app, realProviders);
  const state = openState(resolve(options.stateFolder));
  const lock = takeLock(state.folder, socketPath(state.folder, "control", machine), machine);
  const startedAtMs = machine.now();
  const events = createEvents(machine.now, options.onEvent);
  const stopping = new AbortController();
  const giveUp = () => stopping.abort();
  options.signal?.addEventListener("abort", giveUp, { once: true });
  if (options.signal?.aborted) giveUp();

  let world: World | undefined;
  let running: Running | undefined;
  let isStarting = true;
  let control: Server | undefined;
  let ending: Promise<void> | undefined;
  const { promise: done, resolve: isDone } = Promise.withResolvers<void>();

  function status(): StatusReport {
    const stats = running?.monitor.stats();
    const { gateway, release } = running ?? {};
    const pid = gateway?.process.pid() ?? null;
    const {
      failingOpen = false,
      requests = 0,
      requestsPerSecond = 0,
      p50Ms = 0,
      p99Ms = 0,
      errors = 0,
      retries = 0,
    } = stats ?? {};
    return {
      app: app.name,
      environment: app.environment,
      state: ending !== undefined ? "stopping" : isStarting ? "starting" : "running",
      pid: machine.pid,
      startedAt: new Date(startedAtMs).toISOString(),
      release: release === undefined ? null : { digest: release.digest },
      gateway:
        gateway === undefined || pid === null
          ? null
          : { url: gateway.url, pid, failingOpen, requests, requestsPerSecond, p50Ms, p99Ms, errors, retries },
      sites: (running?.sites ?? []).map((site) => {
        const { name } = site.site;
        return siteStatus(
          site,
          ending !== undefined,
          running?.weights.get(name) ?? 0,
          stats?.sites.find((s) => s.name === name),
        );
      }),
    };
  }

  const traffic = async () => {
    await running?.monitor.look();
    return trafficReport(app, running?.weights ?? new Map(), running?.monitor.stats());
  };

  async function setTraffic(weights: Readonly<Record<string, number>>): Promise<TrafficReport> {
    const { gateway } = running ?? {};
    if (world === undefined || running === undefined || gateway === undefined)
      throw new TrimaranError("unavailable", "it is still starting", { hint: "trimaran status" });
    for (const name of Object.keys(weights)) siteNamed(running, name);
    const next = new Map([...running.weights, ...Object.entries(weights)]);
    if (![...next.values()].some((w) => w > 0))
      throw new TrimaranError("invalid_argument", "at least one site needs a weight above 0", {
        hint: "trimaran traffic set aws=50",
      });
    for (const [name, weight] of next) running.weights.set(name, weight);
    await gateway.apply(currentConfig(world, running));
    await running.monitor.look();
    return traffic();
  }

  async function chaos(request: ChaosRequest): Promise<void> {
    if (running === undefined)
      throw new TrimaranError("unavailable", "it is still starting", { hint: "trimaran status" });
    await siteNamed(running, request.site).inflict(request);
    running.monitor.glance();
  }

  function stop(): Promise<void> {
    ending ??= (async () => {
      stopping.abort();
      if (running !== undefined) await stopAll(running);
      // What was just about to be started when the stop came.
      if (world !== undefined) killMarked(machine, world.keys.id);
      events.emit({ type: "stopped" });
      lock.release();
      // The answer to who asked for the stop is still under way.
      setImmediate(() => {
        void closeServer(control).then(isDone);
      });
    })();
    return ending;
  }

  try {
    events.emit({ type: "started", app: app.name, environment: app.environment });
    for (const warning of warnings) events.emit({ type: "warning", ...warning });
    control = await serveControl(
      socketPath(state.folder, "control", machine),
      { status, traffic, setTraffic, chaos, stop },
      events,
    );
    const keys = readKeys(state, machine);
    cleanOrphans(state.processes, keys.id, events);
    const trust = await readTrust(state, machine.now());
    const lastPorts = (readJson(state.file("ports.json")) ?? {}) as Readonly<Record<string, number>>;
    const ports = openPortBook(lastPorts, machine.random(4).readUInt32BE());
    world = {
      app,
      machine,
      state,
      keys,
      trust,
      ports,
      providers: realProviders,
      events,
      entry: entryPath,
      stopping: stopping.signal,
    };
    running = await createRunning(world);
    const appFolder = resolve(dirname(dirname(state.folder)), app.service.build ?? ".");
    const canceled = untilStopped(stopping.signal);
    await Promise.race([
      canceled,
      launch(world, running, {
        appFolder,
        port: options.port,
        gatewaySocket: socketPath(state.folder, "gateway", machine),
      }),
    ]);
    isStarting = false;
    const url = running.gateway?.url ?? "";
    events.emit({ type: "ready", url, tookMs: Math.round(machine.now() - startedAtMs) });
    return { url, status, traffic, setTraffic, chaos, stop, done };
  } catch (e) {
    const failure =
      stopping.signal.aborted && !isTrimaranError(e)
        ? new TrimaranError("canceled", "stopped while it was starting", { cause: e })
        : e;
    events.emit({ type: "failed", ...reportOf(failure).error });
    await stop();
    await done;
    throw failure;
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
  }

  function cleanOrphans(folder: string, id: string, to: Events): void {
    const names = killOrphans(machine, folder);
    const more = killMarked(machine, id);
    if (names.length + more > 0)
      to.emit({ type: "phase", says: `ended ${names.length + more} processes that an earlier run left behind` });
  }
}

function siteNamed(running: Running, name: string) {
  const found = running.sites.find((s) => s.site.name === name);
  if (found !== undefined) return found;
  throw new TrimaranError("not_found", "there is no site of this name", {
    hint: `one of: ${running.sites.map((s) => s.site.name).join(", ")}`,
  });
}

/** The gateway finishes what it has before the instances go, and they before their services. */
async function stopAll(running: Running): Promise<void> {
  await running.gateway?.process.stop();
  await running.starting;
  await Promise.all(
    running.sites.map(async (site) => {
      await site.stopInstances();
      await site.stopServices();
    }),
  );
}

async function closeServer(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  const closed = new Promise<void>((resolved) => server.close(() => resolved()));
  const late = new AbortController();
  await Promise.race([closed, pause(500, late.signal)]);
  late.abort();
  server.closeAllConnections();
}
