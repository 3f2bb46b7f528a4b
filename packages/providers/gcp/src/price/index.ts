import {
  type App,
  askBook,
  type PriceBook,
  type PriceLine,
  type Pricing,
  type Site,
  type SiteLoad,
} from "@trimaran/contract";
import book from "./book.json" with { type: "json" };
import { computeLines } from "./compute.ts";
import { dataLines } from "./data.ts";
import { networkLines } from "./network.ts";
import { refresh } from "./refresh.ts";
import { runningLines } from "./running.ts";
import { traits } from "./traits.ts";

export const pricing: Pricing = {
  cloud: "gcp",
  defaultRegion: "us-central1",
  book: book as PriceBook,
  price,
  traits,
  refresh,
};

/** What a month at this site costs, line by line. */
function price(app: App, site: Site, load: SiteLoad, prices: PriceBook): readonly PriceLine[] {
  const ask = askBook(prices, placesOf(site.region), load.accountShare);
  return [
    ...computeLines(app, site, load, ask),
    ...load.resources.flatMap((r) => dataLines(r, ask, prices)),
    ...networkLines(app, site, load, ask),
    ...runningLines(load, ask),
  ];
}

/** Some prices are those of a continent. */
function placesOf(region: string): readonly string[] {
  return region.startsWith("us-") ? [region, "us", "global"] : [region, "global"];
}
