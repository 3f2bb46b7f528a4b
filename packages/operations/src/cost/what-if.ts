import { type App, type Cloud, type Json, type Site, TrimaranError } from "@trimaran/contract";

export interface WhatIf {
  /** "x10": so many times as many; "250": so many a second. */
  readonly requests?: string;
  /** By site. */
  readonly regions?: Readonly<Record<string, string>>;
  /** Of every Postgres and cache. */
  readonly size?: string;
}
const sizes = ["small", "medium", "large"] as const;

/** The app as it would be. Throws invalid_argument for what is no change. */
export function changed(app: App, { requests, regions = {}, size }: WhatIf): App {
  for (const name of Object.keys(regions)) siteNamed(app, name);
  if (size !== undefined && !sizes.some((s) => s === size))
    throw new TrimaranError("invalid_argument", "--size is one of small, medium, large", { hint: "--size medium" });
  const now = app.cost.traffic.requestsPerSecond;
  return {
    ...(requests === undefined ? app : withRequests(app, rate(requests, now))),
    sites: app.sites.map((s) => ({ ...s, region: regions[s.name] ?? s.region })),
    resources:
      size === undefined
        ? app.resources
        : app.resources.map((r) =>
            r.type === "postgres" || r.type === "cache" ? { ...r, settings: { ...r.settings, size: size as Json } } : r,
          ),
  };
}

/** The app with other traffic: its tokens grow and shrink with the requests; what is stored stays. */
export function withRequests(app: App, requestsPerSecond: number): App {
  const { traffic } = app.cost;
  const times = traffic.requestsPerSecond === 0 ? 1 : requestsPerSecond / traffic.requestsPerSecond;
  const tokensPerMonth = traffic.tokensPerMonth * times;
  return { ...app, cost: { ...app.cost, traffic: { ...traffic, requestsPerSecond, tokensPerMonth } } };
}

function rate(text: string, now: number): number {
  const match = /^(x?)(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null)
    throw new TrimaranError("invalid_argument", "--requests takes a factor (x10) or requests a second (250)", {
      hint: "--requests x10",
    });
  const value = Number(match[2]);
  return match[1] === "x" ? now * value : value;
}

/** The site of that name. Throws invalid_argument. */
export function siteNamed(app: App, name: string): Site {
  const found = app.sites.find((s) => s.name === name);
  if (found !== undefined) return found;
  throw new TrimaranError("invalid_argument", "the spec has no site of that name", {
    hint: app.sites.map((s) => s.name).join(" | "),
  });
}

/**
 * The whole app on one cloud: at the region and with the options of its site there, or at the cloud's usual region. All data lives there,
 * and there is no standby.
 */
export function onOneCloud(app: App, cloud: Cloud, usualRegion: string): App {
  const there = app.sites.find((s) => s.cloud === cloud);
  const site: Site = {
    name: cloud,
    cloud,
    region: there?.region ?? usualRegion,
    role: "active",
    weight: 100,
    account: {},
    options: there?.options ?? {},
  };
  return {
    ...app,
    sites: [site],
    resources: app.resources.map((r) => ({ ...r, home: { site: cloud } })),
    recovery: { ...app.recovery, primary: cloud, backups: { ...app.recovery.backups, at: [cloud] } },
  };
}
