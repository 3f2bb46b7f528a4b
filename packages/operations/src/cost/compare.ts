import { type Cloud, type CloudTrait, type PriceCategory, priceCategories, traitAspects } from "@trimaran/contract";
import { dollars, sumText } from "./dollars.ts";
import type { SiteCost, Sum } from "./estimate.ts";

/** One row of the comparison: what each cloud is like for this app. */
export interface Comparison {
  readonly aspect: string;
  readonly clouds: Readonly<Record<string, string>>;
  /** Where the row is of figures: the cloud that costs least, if all its lines have prices. */
  readonly best?: Cloud;
}

export interface OnOneCloud {
  readonly cost: SiteCost;
  readonly traits: readonly CloudTrait[];
  readonly tenTimes: Sum;
  /** Dollars a month. */
  readonly freeWorth: number;
  /** Once. */
  readonly leaving: Sum;
}

/** Strengths and trade-offs of the clouds for this app, from its options and its figures. */
export function compareClouds(clouds: readonly OnOneCloud[]): readonly Comparison[] {
  const categories = priceCategories.filter((c) => clouds.some(({ cost }) => cost.categories[c].usd > 0));
  return [
    figures("a month", clouds, ({ cost }) => cost.total),
    figures("with ten times the requests", clouds, ({ tenTimes }) => tenTimes),
    row("of that grows with the requests", clouds, grows),
    row("largest part", clouds, largest),
    row("free amounts save", clouds, (c) => dollars(c.freeWorth)),
    figures("carrying all data out, once", clouds, (c) => c.leaving),
    ...categories.map((c) => figures(c, clouds, ({ cost }) => cost.categories[c])),
    ...traitAspects.flatMap((aspect) => traitRow(aspect, clouds)),
    row("without a price", clouds, ({ cost }) => {
      const names = cost.lines.filter((l) => l.usd === null).map((l) => l.name);
      return names.length === 0 ? "nothing" : names.join("; ");
    }),
  ];
}

function figures(aspect: string, clouds: readonly OnOneCloud[], of: (c: OnOneCloud) => Sum): Comparison {
  const sums = clouds.map((c) => ({ cloud: c.cost.cloud, ...of(c) }));
  const least = [...sums].sort((a, b) => a.usd - b.usd)[0];
  // With a line missing nobody knows who is cheapest.
  const isKnown = sums.every((s) => s.unpriced === 0) && sums.some((s) => s.usd !== least?.usd);
  const told = row(aspect, clouds, (c) => sumText(of(c)));
  return isKnown && least !== undefined ? { ...told, best: least.cloud } : told;
}

function row(aspect: string, clouds: readonly OnOneCloud[], says: (c: OnOneCloud) => string): Comparison {
  return { aspect, clouds: Object.fromEntries(clouds.map((c) => [c.cost.cloud, says(c)])) };
}

function traitRow(aspect: CloudTrait["aspect"], clouds: readonly OnOneCloud[]): readonly Comparison[] {
  const says = (c: OnOneCloud) => c.traits.find((t) => t.aspect === aspect)?.says ?? "";
  return clouds.every((c) => says(c) === "") ? [] : [row(`${aspect}: how`, clouds, says)];
}

/** The part of today's bill that ten times the requests multiply. */
function grows({ cost, tenTimes }: OnOneCloud): string {
  if (cost.total.usd === 0) return "-";
  const share = (tenTimes.usd - cost.total.usd) / 9 / cost.total.usd;
  return `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`;
}

function largest({ cost }: OnOneCloud): string {
  const most = priceCategories.reduce<PriceCategory>(
    (best, c) => (cost.categories[c].usd > cost.categories[best].usd ? c : best),
    "compute",
  );
  return `${most}, ${dollars(cost.categories[most].usd)}`;
}
