import { get } from "node:http";
import { createRelay, pause, type Relay, type Supervised, supervise } from "@trimaran/all";
import type { InstanceState, InstanceStatus, Site } from "@trimaran/contract";
import { supervision, type World } from "./world.ts";

/** How an instance is started: everything but its port. */
export interface Recipe {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How instances at a site are started. */
export interface Recipes {
  make(id: string, port: number): Promise<Recipe>;
  /** Ends what the process alone does not: a container. */
  killMore?(id: string): Promise<void>;
}

export interface Instance {
  readonly id: string;
  readonly process: Supervised;
  readonly relay: Relay;
  state(): InstanceState;
  /** Was it ever healthy? */
  hasServed(): boolean;
  status(): InstanceStatus;
  /** The gateway's opinion, while its traffic goes there. */
  judge(isHealthy: boolean, because: string | undefined): void;
  /** Keeps it from starting again after a kill. */
  hold(): Promise<void>;
}

const PROBE_MS = 50;
const PROBE_LIMIT_MS = 2_000;

/** One instance of the app at a site: a process whose relay opens when its health path first answers, and closes when it ends. */
export async function createInstance(
  world: World,
  site: Site,
  number: number,
  revision: string,
  recipes: Recipes,
): Promise<Instance> {
  const id = `${site.name}-${number}`;
  const relay = createRelay(await world.ports.take(`${id}/relay`), world.machine.dice);
  const port = await world.ports.take(id);
  let state: InstanceState = "stopped";
  let hasServed = false;
  let probing = new AbortController();
  const change = (next: InstanceState, because?: string) => {
    if (next === state) return;
    state = next;
    hasServed ||= next === "healthy";
    world.events.emit({
      type: "instance",
      site: site.name,
      instance: id,
      state,
      ...(because === undefined ? {} : { because }),
    });
  };
  const process = supervise({
    ...supervision(world, site.name, id),
    launch: () => recipes.make(id, port),
    ...(recipes.killMore === undefined ? {} : { killMore: () => recipes.killMore?.(id) ?? Promise.resolve() }),
    onStarted: () => {
      probing = new AbortController();
      change("starting");
      void untilAnswers(port, world.app.service.health, probing.signal).then(async (answers) => {
        if (!answers) return;
        await relay.open(port);
        if (process.pid() !== null) change("healthy");
      });
    },
    onExited: ({ why, restartInMs }) => {
      probing.abort();
      void relay.close();
      change(restartInMs === null ? "stopped" : "backoff", why);
    },
  });
  return {
    id,
    process,
    relay,
    state: () => state,
    hasServed: () => hasServed,
    status: () => ({ id, state, pid: process.pid(), port: relay.port, revision, restarts: process.restarts() }),
    judge: (isHealthy, because) => {
      if (state === "healthy" && !isHealthy) change("unhealthy", because);
      else if (state === "unhealthy" && isHealthy) change("healthy");
    },
    hold: async () => {
      // Refused at once is better than reset: what comes from now on is tried elsewhere.
      await relay.close();
      await process.kill();
    },
  };
}

async function untilAnswers(port: number, path: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isWell(port, path)) return !signal.aborted;
    await pause(PROBE_MS, signal);
  }
  return false;
}

function isWell(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port, path, agent: false, timeout: PROBE_LIMIT_MS }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      resolve(status >= 200 && status < 400);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
  });
}
