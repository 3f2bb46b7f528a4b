import {
  type App,
  type Cloud,
  type CostProfile,
  type PriceBook,
  type PriceCategory,
  type PriceLine,
  type Pricing,
  priceCategories,
  type Site,
} from "@trimaran/contract";
import { type Comparison, compareClouds, type OnOneCloud } from "./compare.ts";
import { freeWorth, leaving } from "./extras.ts";
import { profileOf, shareOf, siteLoad } from "./site-load.ts";
import { onOneCloud, withRequests } from "./what-if.ts";

/** Dollars a month, and how many lines have no price and are not in them. */
export interface Sum {
  readonly usd: number;
  readonly unpriced: number;
}

export interface SiteCost {
  readonly site: string;
  readonly cloud: Cloud;
  readonly region: string;
  readonly role: Site["role"];
  /** 0 to 1: its part of the requests. */
  readonly share: number;
  readonly categories: Readonly<Record<PriceCategory, Sum>>;
  readonly total: Sum;
  readonly lines: readonly PriceLine[];
}

export interface Estimate {
  readonly app: string;
  readonly environment: string;
  readonly currency: "USD";
  readonly profile: CostProfile;
  readonly sites: readonly SiteCost[];
  readonly categories: Readonly<Record<PriceCategory, Sum>>;
  readonly total: Sum;
  /** The whole app at one site of each cloud. */
  readonly onOneCloud: readonly SiteCost[];
  /** The same, as the requests grow. */
  readonly growth: readonly Growth[];
  readonly comparison: readonly Comparison[];
  /** Dates of the prices used. */
  readonly prices: { readonly oldest: string | null; readonly newest: string | null; readonly undated: number };
}

export interface Growth {
  readonly cloud: Cloud;
  /** `times` as many requests as the profile has. */
  readonly points: readonly ({ readonly times: number } & Sum)[];
}
const times = [0.1, 1, 2, 5, 10] as const;

export interface Prices {
  readonly pricings: readonly Pricing[];
  /** Instead of the book that a provider comes with: what `cost refresh` read. */
  readonly books?: Partial<Readonly<Record<Cloud, PriceBook>>>;
}

/** Prices an app: per site, in all, and on each single cloud. Pure: the same app and books give the same estimate. */
export function estimate(app: App, prices: Prices): Estimate {
  const sites = app.sites.map((site) => priced(app, site, prices));
  const alone = prices.pricings.map((pricing) => onlyOn(app, pricing, prices));
  const lines = sites.flatMap((s) => s.lines);
  return {
    app: app.name,
    environment: app.environment,
    currency: "USD",
    profile: profileOf(app),
    sites,
    categories: byCategory(lines),
    total: sum(lines),
    onOneCloud: alone.map((a) => a.cost),
    growth: alone.map((a) => ({ cloud: a.cost.cloud, points: a.points })),
    comparison: compareClouds(alone),
    prices: datesOf(lines),
  };
}

function priced(app: App, site: Site, prices: Prices): SiteCost {
  const pricing = prices.pricings.find((p) => p.cloud === site.cloud) as Pricing;
  const book = prices.books?.[site.cloud] ?? pricing.book;
  // What is not used needs no price, and no line.
  const lines = pricing.price(app, site, siteLoad(app, site), book).filter((l) => l.quantity > 0);
  return {
    site: site.name,
    cloud: site.cloud,
    region: site.region,
    role: site.role,
    share: shareOf(app, site),
    categories: byCategory(lines),
    total: sum(lines),
    lines,
  };
}

/** The whole app at one site of a cloud, and what the comparison says of it. */
function onlyOn(app: App, pricing: Pricing, prices: Prices): OnOneCloud & { readonly points: Growth["points"] } {
  const moved = onOneCloud(app, pricing.cloud, pricing.defaultRegion);
  const site = moved.sites[0] as Site;
  const load = siteLoad(moved, site);
  const cost = priced(moved, site, prices);
  const book = prices.books?.[pricing.cloud] ?? pricing.book;
  const points = growth(moved, site, prices);
  return {
    cost,
    points,
    traits: pricing.traits(moved, site, load),
    tenTimes: points.at(-1) as Sum,
    freeWorth: freeWorth(cost.lines, book),
    leaving: leaving(site, load, cost.lines, book),
  };
}

function growth(app: App, site: Site, prices: Prices): Growth["points"] {
  const now = app.cost.traffic.requestsPerSecond;
  return times.map((t) => ({ times: t, ...priced(withRequests(app, now * t), site, prices).total }));
}

export function sum(lines: readonly PriceLine[]): Sum {
  return {
    usd: lines.reduce((total, l) => total + (l.usd ?? 0), 0),
    unpriced: lines.filter((l) => l.usd === null).length,
  };
}

function byCategory(lines: readonly PriceLine[]): Readonly<Record<PriceCategory, Sum>> {
  const of = (category: PriceCategory) => sum(lines.filter((l) => l.category === category));
  return Object.fromEntries(priceCategories.map((c) => [c, of(c)])) as Record<PriceCategory, Sum>;
}

function datesOf(lines: readonly PriceLine[]): Estimate["prices"] {
  const used = lines.filter((l) => l.usd !== null);
  const dates = used.flatMap((l) => l.asOf ?? []).sort();
  return { oldest: dates[0] ?? null, newest: dates.at(-1) ?? null, undated: used.length - dates.length };
}
