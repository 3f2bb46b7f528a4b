import {
  type PriceApi,
  type PriceBook,
  type PriceMeter,
  type RefreshedPrices,
  readPrices,
  refreshed,
  toldMeter,
  unitCount,
} from "@trimaran/contract";

const address = "https://prices.azure.com/api/retail/prices";
/** So that an address stays short. */
const metersAtOnce = 15;
const mostPages = 40;
const periods = ["second", "hour", "day", "month"] as const;

/** https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices */
interface Item {
  readonly meterId: string;
  readonly armRegionName: string;
  readonly type: string;
  readonly unitOfMeasure: string;
  readonly tierMinimumUnits: number;
  readonly retailPrice: number;
  readonly effectiveStartDate: string;
}

/** Today's prices of the meters whose id the book has, from the Azure Retail Prices API (no key). */
export async function refresh(book: PriceBook, api: PriceApi): Promise<RefreshedPrices> {
  const ids = [...new Set(book.meters.flatMap((m) => meterIdOf(m) ?? []))];
  const items: Item[] = [];
  for (let i = 0; i < ids.length; i += metersAtOnce)
    items.push(...(await itemsOf(ids.slice(i, i + metersAtOnce), api)));
  const byMeter = Map.groupBy(items, (item) => item.meterId);
  return refreshed(book, `${address} (Azure Retail Prices API)`, api.today, (meter, told) => {
    const found = inForce(byMeter.get(meterIdOf(meter) ?? "") ?? [], meter.region, api.today);
    const unit = found[0]?.unitOfMeasure;
    if (unit === undefined || !isSamePeriod(unit, meter.unit)) return undefined;
    const tiers = found.map((item) => ({ from: item.tierMinimumUnits, usd: item.retailPrice }));
    return toldMeter(meter, tiers, unitCount(meter.unit) / unitCount(unit), told);
  });
}

/** "... [meterId 18ba5751-...]" */
function meterIdOf(meter: PriceMeter): string | undefined {
  return /\[meterId ([0-9a-f-]{36})\]/.exec(meter.sku ?? "")?.[1];
}

async function itemsOf(ids: readonly string[], api: PriceApi): Promise<readonly Item[]> {
  const first = new URL(address);
  first.searchParams.set("api-version", "2023-01-01-preview");
  first.searchParams.set("currencyCode", "USD");
  const any = ids.map((id) => `meterId eq '${id}'`).join(" or ");
  first.searchParams.set("$filter", `priceType eq 'Consumption' and (${any})`);
  const items: Item[] = [];
  let next: URL | undefined = first;
  for (let page = 0; next !== undefined && page < mostPages; page++) {
    const answer = (await readPrices(api, next)) as {
      readonly Items?: readonly Item[];
      readonly NextPageLink?: string | null;
    };
    items.push(...(answer.Items ?? []));
    const link: URL | null = answer.NextPageLink ? URL.parse(answer.NextPageLink) : null;
    next = link?.origin === first.origin ? link : undefined;
  }
  return items;
}

/**
 * One tier each, as it is today: a meter of the region, or of a zone when none is; the latest start that is not in the future; no
 * reservations.
 */
function inForce(items: readonly Item[], region: string, today: string): readonly Item[] {
  const usable = items.filter((i) => i.type === "Consumption" && i.effectiveStartDate.slice(0, 10) <= today);
  const here = usable.filter((i) => i.armRegionName === region);
  const there = here.length > 0 ? here : usable.filter((i) => /^(Global|Zone 1|)$/.test(i.armRegionName));
  const latest = Map.groupBy(there, (i) => i.tierMinimumUnits);
  return [...latest.values()].flatMap(
    (same) => same.sort((a, b) => (a.effectiveStartDate < b.effectiveStartDate ? 1 : -1))[0] ?? [],
  );
}

/** "1 GB/Month" and "GB-month" agree; "1 Hour" and "vCPU-second" do not, and a wrong factor is worse than an old price. */
function isSamePeriod(theirs: string, ours: string): boolean {
  return periods.every((p) => new RegExp(p, "i").test(theirs) === new RegExp(p, "i").test(ours));
}
