import {
  type PriceApi,
  type PriceBook,
  type PriceMeter,
  type RefreshedPrices,
  readPrices,
  refreshed,
  type ToldTier,
  toldMeter,
  unitCount,
} from "@trimaran/contract";
import { type Attributes, offerOf } from "./offers.ts";

const address = "https://pricing.us-east-1.amazonaws.com";

/** https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html */
interface OfferFile {
  readonly products: Readonly<Record<string, { readonly productFamily?: string; readonly attributes: Attributes }>>;
  readonly terms: { readonly OnDemand?: Readonly<Record<string, Readonly<Record<string, Term>>>> };
}
interface Term {
  readonly effectiveDate: string;
  readonly priceDimensions: Readonly<
    Record<string, { readonly beginRange?: string; readonly pricePerUnit: { readonly USD?: string } }>
  >;
}

/** Today's prices from the AWS Price List bulk files (no key). A meter that two products match with different prices keeps what it had. */
export async function refresh(book: PriceBook, api: PriceApi): Promise<RefreshedPrices> {
  const files = new Map<string, OfferFile>();
  for (const meter of book.meters) {
    const path = pathOf(meter);
    if (path === undefined || files.has(path)) continue;
    files.set(path, (await readPrices(api, new URL(path, address))) as OfferFile);
  }
  return refreshed(book, `${address}/offers/v1.0/aws/ (AWS Price List)`, api.today, (meter, told) => {
    const file = files.get(pathOf(meter) ?? "");
    const tiers = file === undefined ? undefined : tiersOf(file, meter, api.today);
    return tiers === undefined ? undefined : toldMeter(meter, tiers, unitCount(meter.unit), told);
  });
}

function pathOf(meter: PriceMeter): string | undefined {
  const offer = offerOf(meter.item);
  if (offer === undefined) return undefined;
  const region = meter.region === "global" ? "" : `/${meter.region}`;
  return `/offers/v1.0/aws/${offer.code}/current${region}/index.json`;
}

function tiersOf(file: OfferFile, meter: PriceMeter, today: string): readonly ToldTier[] | undefined {
  const offer = offerOf(meter.item);
  const found = Object.entries(file.products ?? {})
    .filter(([, p]) => offer?.isMeant({ ...p.attributes, productFamily: p.productFamily ?? "" }, meter.region))
    .flatMap(([sku]) => Object.values(file.terms?.OnDemand?.[sku] ?? {}))
    .filter((term) => term.effectiveDate.slice(0, 10) <= today)
    .map(tiersIn);
  const first = found[0];
  return first !== undefined && found.every((f) => JSON.stringify(f) === JSON.stringify(first)) ? first : undefined;
}

/** Prices are texts, and the tiers stand in no order. */
function tiersIn(term: Term): readonly ToldTier[] {
  return Object.values(term.priceDimensions)
    .map((d) => ({ from: Number(d.beginRange ?? "0"), usd: Number(d.pricePerUnit.USD) }))
    .sort((a, b) => a.from - b.from);
}
