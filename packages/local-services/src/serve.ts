import { join } from "node:path";
import { type LocalCloudAnnouncement, type LocalCloudConfig, TrimaranError } from "@trimaran/contract";
import { openStore } from "./core/store.ts";
import type { LocalService, MakeLocalCloud } from "./core/types.ts";
import { type Listening, listen } from "./serve-listen.ts";

export interface ServeOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Of the process, for the announcement. */
  readonly pid: number;
}

export interface ServedCloud {
  readonly announcement: LocalCloudAnnouncement;
  /** Takes no new requests, lets those that run end (2 s at most), closes the data. */
  close(): Promise<void>;
}

/**
 * Serves one local cloud on 127.0.0.1: opens its store, listens for each service, and makes what `ensure` names.
 * unavailable when a wanted port is taken; lease_held when another process serves the same folder; invalid_argument when the
 * configuration does not hold.
 */
export async function serveLocalCloud(
  config: LocalCloudConfig,
  make: MakeLocalCloud,
  { now = Date.now, pid }: ServeOptions,
): Promise<ServedCloud> {
  const rootKey = Buffer.from(config.rootKey, "hex");
  if (rootKey.length !== 32) throw new TrimaranError("invalid_argument", "rootKey must be 32 bytes in hex");
  const endpoints: Record<string, string> = { ...config.reachedAt };
  const store = openStore(join(config.dataFolder, "store"), { now, crc32c: config.cloud === "gcp" });
  const undo: (() => Promise<void>)[] = [() => store.close()];
  const close = async () => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    const cloud = await make({
      store,
      region: config.region,
      dataFolder: config.dataFolder,
      rootKey,
      now,
      endpoint: (service) => endpointOf(endpoints, service),
    });
    undo.push(() => cloud.close());
    refuseUnknown(config, cloud.services);

    const all = await Promise.allSettled(
      cloud.services.map((service) => listen(service, config.ports?.[service.name], config.tls, now)),
    );
    const listening = all.filter((one) => one.status === "fulfilled").map((one) => one.value);
    undo.push(async () => {
      await Promise.all(listening.map((one) => one.close()));
      await Promise.all(cloud.services.map((service) => service.close?.()));
    });
    for (const one of all) if (one.status === "rejected") throw one.reason;
    for (const one of listening) endpoints[one.name] ??= one.url;
    for (const resource of config.ensure) await cloud.ensure(resource);

    return {
      announcement: announce(config, endpoints, listening, cloud.account, pid),
      close,
    };
  } catch (e) {
    await close();
    throw e;
  }
}

function announce(
  config: LocalCloudConfig,
  endpoints: Readonly<Record<string, string>>,
  listening: readonly Listening[],
  account: Readonly<Record<string, string>>,
  pid: number,
): LocalCloudAnnouncement {
  return {
    ready: true,
    cloud: config.cloud,
    region: config.region,
    pid,
    authority: config.tls.authority,
    endpoints: { ...endpoints },
    ports: Object.fromEntries(listening.map((one) => [one.name, one.port])),
    account,
  };
}

function endpointOf(endpoints: Readonly<Record<string, string>>, service: string): string {
  const url = endpoints[service];
  if (url === undefined) throw new TrimaranError("internal", `the endpoint of ${service} is not known yet`);
  return url;
}

function refuseUnknown(config: LocalCloudConfig, services: readonly LocalService[]): void {
  const known = services.map((service) => service.name);
  for (const name of [...Object.keys(config.ports ?? {}), ...Object.keys(config.reachedAt ?? {})]) {
    if (known.includes(name)) continue;
    throw new TrimaranError("invalid_argument", `the ${config.cloud} cloud has no service ${name}`, {
      hint: `its services are ${known.join(", ")}`,
    });
  }
}
