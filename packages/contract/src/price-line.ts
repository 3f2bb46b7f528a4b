import type { PriceBook, PriceCategory, PriceLine, PriceMeter, PricePart, PriceRate } from "./price.ts";

/** A book is asked hundreds of times in one estimate, and never changes. */
const indexes = new WeakMap<PriceBook, ReadonlyMap<string, PriceMeter>>();

/** Finds a meter at the first of the regions that has it. */
export function meterOf(book: PriceBook, item: string, regions: readonly string[]): PriceMeter | undefined {
  let index = indexes.get(book);
  if (index === undefined) {
    index = new Map(book.meters.map((m) => [`${m.item} ${m.region}`, m]));
    indexes.set(book, index);
  }
  for (const region of regions) {
    const found = index.get(`${item} ${region}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What `quantity` units cost when `after` units of the same meter are used already: the free part first, then each tier's price for
 * what lies within it. `share` scales the free part and the tiers' bounds: for one of n equal users of an account it is 1 / n.
 */
export function charge(
  meter: Pick<PriceMeter, "free" | "rates">,
  quantity: number,
  { after = 0, share = 1 }: { readonly after?: number; readonly share?: number } = {},
): readonly PricePart[] {
  const free = (meter.free ?? 0) * share;
  const bounds: { readonly from: number; readonly usd: number }[] = meter.rates.map((r, i) => ({
    from: i === 0 ? free : Math.max(free, r.from * share),
    usd: r.usd,
  }));
  if (free > 0) bounds.unshift({ from: 0, usd: 0 });
  return bounds.flatMap(({ from, usd }, i) => {
    const to = bounds[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const within = Math.min(to, after + quantity) - Math.max(from, after);
    return within > 0 ? [{ quantity: within, usdEach: usd }] : [];
  });
}

/** Dollars of what `charge` answered. */
export function sumOf(parts: readonly PricePart[]): number {
  return parts.reduce((sum, p) => sum + p.quantity * p.usdEach, 0);
}

export interface PriceQuestion {
  readonly category: PriceCategory;
  readonly name: string;
  readonly because: string;
  readonly item: string;
  readonly quantity: number;
  /** What one quantity is; the meter's own word. */
  readonly unit: string;
  /** Where the price may come from, best first. */
  readonly regions: readonly string[];
  readonly after?: number;
  readonly share?: number;
  readonly note?: string;
}

/**
 * One line of the table. Without a meter in the book its price is null: 'no price'. So it is when the book's unit is another than the
 * one asked in, for a wrong quantity is worse than none.
 */
export function priceLine(book: PriceBook, ask: PriceQuestion): PriceLine {
  const { category, name, because, item, quantity, unit, regions } = ask;
  const meter = meterOf(book, item, regions);
  const base = { category, name, because, item, quantity, unit };
  if (meter === undefined || meter.unit !== unit) {
    const note = ask.note ?? noPriceNote(book, item, regions[0] ?? "");
    return { ...base, region: regions[0] ?? "", parts: [], usd: null, note };
  }
  const parts = charge(meter, quantity, {
    ...(ask.after === undefined ? {} : { after: ask.after }),
    ...(ask.share === undefined ? {} : { share: ask.share }),
  });
  const rate = mainRate(meter, parts);
  const note = [ask.note, meter.note].filter((n) => n !== undefined).join("; ");
  return {
    ...base,
    region: meter.region,
    parts,
    usd: sumOf(parts),
    service: meter.service,
    ...(meter.sku === undefined ? {} : { sku: meter.sku }),
    source: book.sources[rate.source] ?? "",
    page: meter.page,
    asOf: rate.asOf,
    ...(note === "" ? {} : { note }),
  };
}

/** The rate that most of the money is paid at: whose source the line names. */
function mainRate(meter: PriceMeter, parts: readonly PricePart[]): PriceRate {
  const most = [...parts].sort((a, b) => b.quantity * b.usdEach - a.quantity * a.usdEach)[0];
  return meter.rates.find((r) => r.usd === most?.usdEach) ?? (meter.rates[0] as PriceRate);
}

function noPriceNote(book: PriceBook, item: string, region: string): string {
  const elsewhere = book.meters.filter((m) => m.item === item).map((m) => m.region);
  return elsewhere.length === 0
    ? "not in the price book"
    : `not in the price book for ${region || "this region"}; it is for ${elsewhere.join(", ")}`;
}

export type Ask = (question: Omit<PriceQuestion, "regions" | "share">) => PriceLine;

/** `priceLine` for one site: where its prices come from and its part of the account's free amounts, said once. */
export function askBook(book: PriceBook, regions: readonly string[], share: number): Ask {
  return (question) => priceLine(book, { ...question, regions, share });
}

/**
 * The item of a model's input price, by the vendor's own name of the model as a spec writes it: the plain one, then one that may run in
 * any region, then one that stays in its own. Undefined when the book has none.
 */
export function modelItem(
  book: PriceBook,
  prefix: string,
  model: string,
  regions: readonly string[],
): string | undefined {
  const rank = (item: string) => ["", "global", "datazone", "regional"].findIndex((w) => item.split(".").includes(w));
  return book.meters
    .filter((m) => m.item.startsWith(`${prefix}.`) && m.item.endsWith(".input") && regions.includes(m.region))
    .filter((m) => m.item.startsWith(`${prefix}.${model}.`) || (m.sku?.split(" ")[0]?.endsWith(model) ?? false))
    .map((m) => m.item)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
}

/** A number for people: six digits that matter, thousands apart, millions as M. */
export function figure(value: number): string {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(6))}M`;
  const [whole = "", part] = String(Number(value.toPrecision(6))).split(".");
  const spaced = /^-?\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return part === undefined ? spaced : `${spaced}.${part}`;
}
