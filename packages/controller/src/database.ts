import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createPostgres, createRelay, findPostgres, type PostgresInstalled, postgresTemplate } from "@trimaran/all";
import type { Site } from "@trimaran/contract";
import type { Machine } from "./host.ts";
import type { SiteProcess } from "./service.ts";
import { databasesAt } from "./wanted.ts";
import { supervision, type World } from "./world.ts";

/** The binaries and an empty cluster, made once on this machine for this user. Throws tool_missing. */
export async function installPostgres(machine: Machine): Promise<PostgresInstalled> {
  const folder = cacheFolder(machine);
  const binaries = await findPostgres(machine, machine.arch, folder);
  return { binaries, template: await postgresTemplate(binaries, machine, folder) };
}

/** As root a folder that `nobody` may pass through; else the user's own cache. See the XDG base directory specification. */
function cacheFolder(machine: Machine): string {
  const own = machine.env["XDG_CACHE_HOME"] || join(machine.home, ".cache");
  const folders = [
    ...(machine.uid === 0 ? ["/var/cache/trimaran"] : [join(own, "trimaran")]),
    join(machine.temporary, `trimaran-cache-${machine.uid}`),
  ];
  for (const folder of folders.slice(0, -1)) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      return folder;
    } catch (_readOnly) {
      // The next one is always there to write.
    }
  }
  const last = folders.at(-1) as string;
  mkdirSync(last, { recursive: true, mode: 0o755 });
  return last;
}

/** A site's PostgreSQL server behind a relay. */
export async function createDatabase(
  world: World,
  site: Site,
  installed: () => Promise<PostgresInstalled>,
): Promise<SiteProcess> {
  const name = `${site.name}-postgres`;
  const relay = createRelay(await world.ports.take(`${site.name}/postgres/relay`), world.machine.dice);
  const port = await world.ports.take(`${site.name}/postgres`);
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => {});
  const server = createPostgres({
    installed,
    ...supervision(world, site.name, name),
    folder: join(world.state.site(site.name), "postgres"),
    site: site.name,
    port,
    tls: world.trust.server,
    databases: databasesAt(world.app, site, world.providers, world.keys),
    onUp: () => void relay.open(port).then(resolve, reject),
    onDown: () => void relay.close(),
  });
  const service = {
    name: "postgres",
    process: server.process,
    isUp: server.isUp,
    endpoint: () => `postgresql://127.0.0.1:${relay.port}`,
  };
  return { process: server.process, relays: [relay], services: [service], ready };
}
