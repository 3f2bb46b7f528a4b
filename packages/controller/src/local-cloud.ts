import { createRelay, localServices, type Relay, type Supervised, supervise } from "@trimaran/all";
import {
  type ErrorReport,
  type LocalCloudAnnouncement,
  type LocalCloudConfig,
  type Site,
  TrimaranError,
} from "@trimaran/contract";
import { plainEnvironment } from "./environment.ts";
import type { SiteProcess } from "./service.ts";
import { localResourcesAt } from "./wanted.ts";
import { nodeArguments, supervision, type World } from "./world.ts";

export interface LocalCloudProcess extends SiteProcess {
  /** What it said the last time. Throws internal before it has ever spoken. */
  announced(): LocalCloudAnnouncement;
}

/** One site's cloud services: a process of `local-services`, each service behind a relay whose address stays the same. */
export async function createLocalCloud(world: World, site: Site): Promise<LocalCloudProcess> {
  const name = `${site.name}-cloud`;
  const relays = new Map<string, Relay>();
  const ports: Record<string, number> = {};
  const reachedAt: Record<string, string> = {};
  for (const [service, scheme] of Object.entries(localServices[site.cloud])) {
    const relay = createRelay(await world.ports.take(`${site.name}/${service}/relay`), world.machine.dice);
    ports[service] = await world.ports.take(`${site.name}/${service}`);
    relays.set(service, relay);
    reachedAt[service] = `${scheme}://127.0.0.1:${relay.port}`;
  }
  const config: LocalCloudConfig = {
    cloud: site.cloud,
    region: site.region,
    dataFolder: `${world.state.site(site.name)}/services`,
    tls: { ...world.trust.server, authority: world.trust.authority },
    rootKey: world.keys.rootKey,
    ports,
    ensure: localResourcesAt(world.app, site, world.providers, world.keys),
    reachedAt,
  };

  let announcement: LocalCloudAnnouncement | undefined;
  let isUp = false;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => {});
  const process: Supervised = supervise({
    ...supervision(world, site.name, name),
    launch: () => ({
      command: world.machine.node,
      args: nodeArguments(world.entry("local-services")),
      env: plainEnvironment(world.machine, world.state.folder),
      cwd: world.state.folder,
      input: `${JSON.stringify(config)}\n`,
      announces: true,
    }),
    onAnnounced: (line) => {
      const said = parseAnnouncement(line, site.name, process.logPath);
      if (said instanceof Error) return reject(said);
      announcement = said;
      void Promise.all([...relays].map(([service, relay]) => openTo(relay, said.ports[service]))).then(() => {
        isUp = process.pid() !== null;
        resolve();
      }, reject);
    },
    onExited: () => {
      isUp = false;
      for (const relay of relays.values()) void relay.close();
    },
  });
  return {
    process,
    relays: [...relays.values()],
    ready,
    services: [...relays.keys()].map((service) => ({
      name: service,
      process,
      isUp: () => isUp,
      endpoint: () => reachedAt[service] ?? "",
    })),
    announced: () => {
      if (announcement === undefined)
        throw new TrimaranError("internal", `site ${site.name} was asked for before its cloud ran`);
      return announcement;
    },
  };
}

/** A service that this cloud does not have keeps its relay closed. */
async function openTo(relay: Relay, port: number | undefined): Promise<void> {
  if (port !== undefined) await relay.open(port);
}

function parseAnnouncement(line: string, site: string, logPath: string): LocalCloudAnnouncement | TrimaranError {
  try {
    const said = JSON.parse(line) as LocalCloudAnnouncement | ErrorReport;
    if ("error" in said)
      return new TrimaranError(said.error.code, said.error.message, {
        hint: said.error.hint ?? `look into ${logPath}`,
      });
    if (said.ready) return said;
  } catch (cause) {
    return new TrimaranError("unavailable", `the local cloud of site ${site} said something else than where it is`, {
      cause,
      hint: `look into ${logPath}`,
    });
  }
  return new TrimaranError("unavailable", `the local cloud of site ${site} did not start`, {
    hint: `look into ${logPath}`,
  });
}
