import type { App, Cloud, Resource, Site, TrafficProfile } from "./app.ts";

/** The rows of the monthly table, in its order. */
export const priceCategories = [
  "compute",
  "database",
  "key-value",
  "objects",
  "ai",
  "network",
  "monitoring",
  "other",
] as const;
export type PriceCategory = (typeof priceCategories)[number];

/** Hours in a month, as the three clouds reckon: 8760 / 12. */
export const hoursPerMonth = 730;

/** One meter in one region, with where its price was read. */
export interface PriceMeter {
  /** A stable key, the same in every region: "fargate.vcpu_hour". */
  readonly item: string;
  readonly region: string;
  readonly service: string;
  /** What one quantity is: "vCPU-hour", "1M requests", "GB-month". */
  readonly unit: string;
  readonly sku?: string;
  /** The provider's own public price page. */
  readonly page: string;
  /** Units a month that cost nothing, of the account. */
  readonly free?: number;
  readonly note?: string;
  /** Graduated: each price holds from `from` units of the month's use, free part included, to the next one's. Ascending, first 0. */
  readonly rates: readonly PriceRate[];
}
export interface PriceRate {
  readonly from: number;
  readonly usd: number;
  /** Index into the book's sources. */
  readonly source: number;
  /** Date of the source, YYYY-MM-DD or YYYY-MM; null where it has none. */
  readonly asOf: string | null;
  /** One division or multiplication of the source's number. */
  readonly derived?: true;
}

/** The price facts of one cloud that the estimate uses; nothing else is ever charged. */
export interface PriceBook {
  readonly cloud: Cloud;
  readonly sources: readonly string[];
  readonly meters: readonly PriceMeter[];
}

/** What the estimate assumes beyond `cost.traffic`. Each can be set under `cost.assume`. */
export interface CostAssumptions {
  /** Milliseconds that an instance works on a request. */
  readonly averageMs: number;
  /** Of each Postgres resource, a request. */
  readonly queriesPerRequest: number;
  readonly databaseWritesPerRequest: number;
  /** KiB of an answer of a database, and of a row that is written. */
  readonly queryKiB: number;
  /** Of each key-value resource, a request; an item has at most 1 KiB. */
  readonly kvReadsPerRequest: number;
  readonly kvWritesPerRequest: number;
  readonly kvStoredGiB: number;
  /** Of all buckets together, a request. */
  readonly objectReadsPerRequest: number;
  readonly objectWritesPerRequest: number;
  /** Share of the tokens that the model writes, 0 to 1; the rest it reads. */
  readonly outputTokens: number;
  /** KiB of log a request. */
  readonly logKiB: number;
  /** Images kept in a site's registry. */
  readonly imagesGiB: number;
}
export const costAssumptions: CostAssumptions = {
  averageMs: 100,
  queriesPerRequest: 3,
  databaseWritesPerRequest: 0.2,
  queryKiB: 2,
  kvReadsPerRequest: 1,
  kvWritesPerRequest: 0.1,
  kvStoredGiB: 1,
  objectReadsPerRequest: 0.1,
  objectWritesPerRequest: 0.01,
  outputTokens: 0.2,
  logKiB: 0.5,
  imagesGiB: 5,
};
export type CostProfile = TrafficProfile & CostAssumptions;

/** What one site carries in a month: made from the app and its profile, in the same way for every cloud. 1 GiB is what clouds bill as a GB. */
export interface SiteLoad {
  readonly requests: number;
  /** Instances that run at the same time, on average over the month. */
  readonly instances: number;
  /** Of all instances: seconds in which at least one request is worked on. */
  readonly busySeconds: number;
  readonly responseGiB: number;
  /** Sent to sites at other clouds: what this site's databases answer and what its app writes elsewhere. */
  readonly otherCloudsGiB: number;
  /** The same, to other regions of this cloud. */
  readonly otherRegionsGiB: number;
  /** Those whose data lives here, and copies of them where this is a standby. */
  readonly resources: readonly ResourceLoad[];
  readonly logsGiB: number;
  readonly alarms: number;
  /** Kept here: the app's own and the databases' passwords; and how often instances ask for one. */
  readonly secrets: number;
  readonly secretReads: number;
  readonly imagesGiB: number;
  /** Where the app has a domain and this is its primary site. */
  readonly dns?: { readonly queries: number; readonly healthChecks: number };
  /** This site's part of the free amounts and tiers of its cloud: 1 / the sites at that cloud. */
  readonly accountShare: number;
}
export interface ResourceLoad {
  readonly resource: Resource;
  readonly isCopy: boolean;
  readonly reads: number;
  readonly writes: number;
  readonly storedGiB: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface PriceLine {
  readonly category: PriceCategory;
  /** What is paid for: "Fargate vCPU". */
  readonly name: string;
  /** How the quantity comes about: "1 instance x 2 vCPU x 730 h". */
  readonly because: string;
  readonly quantity: number;
  readonly unit: string;
  /** The quantity by price, free part included. Empty without a price. */
  readonly parts: readonly PricePart[];
  /** Dollars a month; null is 'no price', which is not 0. */
  readonly usd: number | null;
  readonly item: string;
  /** Of the price. */
  readonly region: string;
  readonly service?: string;
  readonly sku?: string;
  readonly source?: string;
  readonly page?: string;
  readonly asOf?: string | null;
  readonly note?: string;
}
export interface PricePart {
  readonly quantity: number;
  readonly usdEach: number;
}

/** A strength or trade-off of a cloud for this app. */
export interface CloudTrait {
  readonly aspect: TraitAspect;
  readonly says: string;
}
export const traitAspects = ["compute", "idle", "database", "key-value", "network", "limits"] as const;
export type TraitAspect = (typeof traitAspects)[number];

/** What a provider knows of prices. Pure. */
export interface Pricing {
  readonly cloud: Cloud;
  /** Where the app would run on this cloud if the spec names no region there. */
  readonly defaultRegion: string;
  readonly book: PriceBook;
  price(app: App, site: Site, load: SiteLoad, book: PriceBook): readonly PriceLine[];
  traits(app: App, site: Site, load: SiteLoad): readonly CloudTrait[];
  /** Reads today's prices of the book's meters from the cloud's public price API. Throws unavailable, unauthenticated, timeout. */
  refresh(book: PriceBook, from: PriceApi): Promise<RefreshedPrices>;
}

export interface PriceApi {
  readonly fetch: typeof fetch;
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Where the API needs one. Never logged. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}
export interface RefreshedPrices {
  readonly book: PriceBook;
  /** Meters whose price was read. */
  readonly read: number;
  /** Of those, how many differ from before. */
  readonly changed: number;
  /** Meters that keep what they had, because the API's answer names no such meter. */
  readonly kept: number;
}
