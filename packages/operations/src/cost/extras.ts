import { charge, meterOf, type PriceBook, type PriceLine, type Site, type SiteLoad, sumOf } from "@trimaran/contract";
import type { Sum } from "./estimate.ts";

/** The meter of traffic to the internet has this key in every cloud's book. */
const egress = "egress.internet.gb";

/** What the free amounts of these lines would cost at the first price after them: dollars a month. */
export function freeWorth(lines: readonly PriceLine[], book: PriceBook): number {
  return lines.reduce((sum, l) => {
    const free = l.parts.filter((p) => p.usdEach === 0).reduce((n, p) => n + p.quantity, 0);
    return sum + free * (meterOf(book, l.item, [l.region])?.rates[0]?.usd ?? 0);
  }, 0);
}

/** What it costs, once, to carry all data out over the internet, in a month with the usual traffic. */
export function leaving(site: Site, load: SiteLoad, lines: readonly PriceLine[], book: PriceBook): Sum {
  const stored = load.resources.reduce((sum, r) => sum + r.storedGiB, 0);
  const meter = meterOf(book, egress, [site.region, "global"]);
  if (meter === undefined) return { usd: 0, unpriced: 1 };
  const after = lines.filter((l) => l.item === egress).reduce((sum, l) => sum + l.quantity, 0);
  return { usd: sumOf(charge(meter, stored, { after })), unpriced: 0 };
}
