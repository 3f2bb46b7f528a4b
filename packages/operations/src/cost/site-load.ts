import {
  type App,
  type CostProfile,
  costAssumptions,
  hoursPerMonth,
  type Resource,
  type ResourceLoad,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";

const secondsPerMonth = hoursPerMonth * 3600;
const kibPerGib = 2 ** 20;
/** Users' machines remember a name: one question for so many requests. */
const requestsPerQuery = 20;

/** The traffic of the spec with what it does not say. */
export function profileOf(app: App): CostProfile {
  return { ...costAssumptions, ...app.cost.traffic, ...app.cost.assume };
}

/** A site's part of the app's requests, 0 to 1. A standby has none. */
export function shareOf(app: App, site: Site): number {
  const weights = app.sites.filter((s) => s.role === "active").reduce((sum, s) => sum + s.weight, 0);
  return site.role === "active" && weights > 0 ? site.weight / weights : 0;
}

/** What one site carries in a month: the same reckoning for every cloud, so that only their prices differ. */
export function siteLoad(app: App, site: Site): SiteLoad {
  const profile = profileOf(app);
  const share = shareOf(app, site);
  const requests = profile.requestsPerSecond * secondsPerMonth * share;
  const instances = instancesOf(app, site, profile, share);
  const resources = app.resources.flatMap((r) => resourceLoad(app, site, r, profile) ?? []);
  const secrets = resources.filter((r) => r.resource.type === "secret" || r.resource.type === "postgres").length;
  const sent = sentElsewhere(app, site, profile);
  return {
    requests,
    instances,
    busySeconds: busySeconds(profile.requestsPerSecond * share, profile.averageMs / 1000, instances),
    responseGiB: (requests * profile.averageKiB) / kibPerGib,
    otherCloudsGiB: sent.clouds,
    otherRegionsGiB: sent.regions,
    resources,
    logsGiB: (requests * profile.logKiB) / kibPerGib,
    alarms: alarmsOf(app, resources),
    secrets,
    secretReads: secrets * instances * hoursPerMonth,
    imagesGiB: profile.imagesGiB,
    ...(app.traffic.domain === undefined || site.name !== app.recovery.primary ? {} : { dns: dnsOf(app, profile) }),
    accountShare: 1 / app.sites.filter((s) => s.cloud === site.cloud).length,
  };
}

/** As many as work at the same time on average, within `scale`; a standby keeps one warm. */
function instancesOf(app: App, site: Site, profile: CostProfile, share: number): number {
  const { min, max, concurrency } = app.service.scale;
  if (site.role === "standby") return Math.min(1, min);
  const atOnce = (profile.requestsPerSecond * share * profile.averageMs) / 1000;
  return Math.min(max, Math.max(min, Math.ceil(atOnce / concurrency)));
}

/**
 * Seconds of a month in which instances work, when requests arrive at random (Poisson) and are spread evenly: an instance is idle with
 * the probability e^-(arrivals x duration), the empty state of an M/G/infinity queue.
 */
function busySeconds(perSecond: number, seconds: number, instances: number): number {
  if (instances === 0) return 0;
  return instances * secondsPerMonth * (1 - Math.exp(-(perSecond * seconds) / instances));
}

function resourceLoad(app: App, site: Site, resource: Resource, profile: CostProfile): ResourceLoad | undefined {
  const isHome = resource.home === "each-site" || resource.home.site === site.name;
  // What keeps data is copied to a standby, which must be able to take over.
  const isCopy = !isHome && site.role === "standby" && resource.type !== "model" && resource.type !== "cache";
  if (!isHome && !isCopy) return undefined;
  const all = profile.requestsPerSecond * secondsPerMonth;
  const requests = resource.home === "each-site" ? all * shareOf(app, site) : all;
  const use = useOf(app, resource, profile);
  // Objects, items and tokens divide among the sites as the requests do; a disk is as large as the spec says at each.
  const part = resource.home === "each-site" && resource.type !== "postgres" ? shareOf(app, site) : 1;
  return {
    resource,
    isCopy,
    reads: isCopy ? 0 : requests * use.reads,
    writes: requests * use.writes,
    storedGiB: use.storedGiB * part,
    inputTokens: use.tokens * part * (1 - profile.outputTokens),
    outputTokens: use.tokens * part * profile.outputTokens,
  };
}

interface Use {
  /** A request. */
  readonly reads: number;
  readonly writes: number;
  readonly itemKiB: number;
  readonly storedGiB: number;
  /** A month. */
  readonly tokens: number;
}

/** What the app's requests ask of a resource. Buckets share what is stored, models share the tokens. */
function useOf(app: App, resource: Resource, profile: CostProfile): Use {
  const alike = app.resources.filter((r) => r.type === resource.type).length;
  const none = { reads: 0, writes: 0, itemKiB: 0, storedGiB: 0, tokens: 0 };
  const storage = resource.settings["storageBytes"];
  const kinds: Readonly<Record<Resource["type"], Use>> = {
    postgres: {
      ...none,
      reads: profile.queriesPerRequest,
      writes: profile.databaseWritesPerRequest,
      itemKiB: profile.queryKiB,
      storedGiB: typeof storage === "number" ? storage / 2 ** 30 : 0,
    },
    kv: {
      ...none,
      reads: profile.kvReadsPerRequest,
      writes: profile.kvWritesPerRequest,
      itemKiB: 1,
      storedGiB: profile.kvStoredGiB,
    },
    bucket: {
      ...none,
      reads: profile.objectReadsPerRequest / alike,
      writes: profile.objectWritesPerRequest / alike,
      itemKiB: profile.averageKiB,
      storedGiB: profile.storedGiB / alike,
    },
    model: { ...none, tokens: profile.tokensPerMonth / alike },
    cache: { ...none, reads: profile.queriesPerRequest, itemKiB: profile.queryKiB },
    secret: none,
  };
  return kinds[resource.type];
}

/**
 * What leaves a site for the others because data has one home: answers of the data that lives here to the apps elsewhere, writes of the
 * app here to data elsewhere, and every write once to each standby's copy.
 */
function sentElsewhere(
  app: App,
  site: Site,
  profile: CostProfile,
): { readonly clouds: number; readonly regions: number } {
  const all = profile.requestsPerSecond * secondsPerMonth;
  let clouds = 0;
  let regions = 0;
  const add = (other: Site, kib: number) => {
    if (other.cloud !== site.cloud) clouds += kib / kibPerGib;
    else if (other.region !== site.region) regions += kib / kibPerGib;
  };
  for (const resource of app.resources) {
    if (resource.home === "each-site") continue;
    const home = resource.home.site;
    const use = useOf(app, resource, profile);
    for (const other of app.sites) {
      if (other.name === site.name) continue;
      if (home === site.name) {
        add(other, all * shareOf(app, other) * use.reads * use.itemKiB);
        if (other.role === "standby") add(other, all * use.writes * use.itemKiB);
      }
      if (home === other.name) add(other, all * shareOf(app, site) * use.writes * use.itemKiB);
    }
  }
  return { clouds, regions };
}

/** One for health, one for each of the spec's alerts, two for each database: processor and disk. */
function alarmsOf(app: App, resources: readonly ResourceLoad[]): number {
  const { latencyP95Ms, errors } = app.alerts;
  const asked = [latencyP95Ms, errors].filter((a) => a !== undefined).length;
  return 1 + asked + 2 * resources.filter((r) => r.resource.type === "postgres").length;
}

function dnsOf(app: App, profile: CostProfile): NonNullable<SiteLoad["dns"]> {
  return {
    queries: (profile.requestsPerSecond * secondsPerMonth) / requestsPerQuery,
    healthChecks: app.sites.length > 1 ? app.sites.length : 0,
  };
}
