import {
  type PriceApi,
  type PriceBook,
  type PriceMeter,
  type RefreshedPrices,
  readPrices,
  refreshed,
  type ToldTier,
  TrimaranError,
  toldMeter,
  unitCount,
} from "@trimaran/contract";

const address = "https://cloudbilling.googleapis.com";
const mostPages = 40;

/** https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list */
interface Sku {
  readonly skuId: string;
  readonly description: string;
  readonly category: { readonly usageType: string };
  readonly serviceRegions: readonly string[];
  readonly pricingInfo: readonly {
    readonly effectiveTime: string;
    readonly pricingExpression: {
      readonly usageUnit: string;
      readonly tieredRates: readonly {
        readonly startUsageAmount?: number;
        readonly unitPrice: { readonly currencyCode: string; readonly units?: string; readonly nanos?: number };
      }[];
    };
  }[];
}

const run = "152E-C115-5142";
const sql = "9662-B51E-5089";
const storage = "95FF-2EF5-5EA1";
/** Service, what its SKU is called (or its id), and the unit that it must be counted in. */
const skus: Readonly<Record<string, readonly [service: string, sku: RegExp, unit: string]>> = {
  "cloudrun.requests": [run, /^Requests$/, "count"],
  "cloudrun.request_based.vcpu_second": [run, /^Services CPU \(Request-based billing\)$/, "s"],
  "cloudrun.request_based.gib_second": [run, /^Services Memory \(Request-based billing\)$/, "GiBy.s"],
  "cloudrun.request_based.idle.vcpu_second": [run, /^Services Min Instance CPU \(Request-based billing\)$/, "s"],
  "cloudrun.request_based.idle.gib_second": [run, /^Services Min Instance Memory \(Request-based billing\)$/, "GiBy.s"],
  "cloudrun.instance_based.vcpu_second": [run, /^Services CPU \(Instance-based billing\)$/, "s"],
  "cloudrun.instance_based.gib_second": [run, /^Services Memory \(Instance-based billing\)$/, "GiBy.s"],
  "cloudsql.custom.vcpu_hour": [sql, /^Cloud SQL for PostgreSQL: Zonal - vCPU in /, "h"],
  "cloudsql.custom.gb_hour": [sql, /^Cloud SQL for PostgreSQL: Zonal - RAM in /, "GiBy.h"],
  "cloudsql.storage.ssd.gb_month": [sql, /^Cloud SQL for PostgreSQL: Zonal - Standard storage in /, "GiBy.mo"],
  "gcs.standard.regional.gb_month": [storage, /^Standard Storage US Regional$/, "GiBy.mo"],
  "gcs.standard.class_a": [storage, /^4DBF-185F-A415$/, "count"],
  "gcs.standard.class_b": [storage, /^7870-010B-2763$/, "count"],
};

/** Today's prices from the Cloud Billing Catalog. Throws unauthenticated without a key. */
export async function refresh(book: PriceBook, api: PriceApi): Promise<RefreshedPrices> {
  if (api.key === undefined || api.key === "") {
    throw new TrimaranError("unauthenticated", "Google's price list needs an API key", {
      hint: "set GOOGLE_API_KEY     (any key of a project where the Cloud Billing API is on)",
    });
  }
  const services = [...new Set(Object.values(skus).map(([service]) => service))];
  const found = new Map<string, readonly Sku[]>();
  for (const service of services) found.set(service, await skusOf(service, api));
  return refreshed(book, `${address}/v1/services (Cloud Billing Catalog)`, api.today, (meter, told) => {
    const tiers = tiersOf(meter, found, api.today);
    return tiers === undefined ? undefined : toldMeter(meter, tiers, unitCount(meter.unit), told);
  });
}

async function skusOf(service: string, api: PriceApi): Promise<readonly Sku[]> {
  const found: Sku[] = [];
  let token = "";
  for (let page = 0; page < mostPages; page++) {
    const url = new URL(`/v1/services/${service}/skus`, address);
    url.searchParams.set("currencyCode", "USD");
    url.searchParams.set("pageSize", "5000");
    if (token !== "") url.searchParams.set("pageToken", token);
    url.searchParams.set("key", api.key ?? "");
    const answer = (await readPrices(api, url)) as { readonly skus?: readonly Sku[]; readonly nextPageToken?: string };
    found.push(...(answer.skus ?? []));
    token = answer.nextPageToken ?? "";
    if (token === "") break;
  }
  return found;
}

/** A meter that two SKUs match with different prices, or that is counted in another unit, keeps what it had. */
function tiersOf(
  meter: PriceMeter,
  found: ReadonlyMap<string, readonly Sku[]>,
  today: string,
): readonly ToldTier[] | undefined {
  const meant = skus[meter.item];
  if (meant === undefined) return undefined;
  const [service, pattern, unit] = meant;
  const prices = (found.get(service) ?? [])
    .filter((s) => pattern.test(s.description) || pattern.test(s.skuId))
    .filter((s) => s.category.usageType === "OnDemand")
    .filter((s) => s.serviceRegions.includes(meter.region) || s.serviceRegions.includes("global"))
    .flatMap((s) => inForce(s, today) ?? []);
  const first = prices[0];
  const isOne = first !== undefined && prices.every((p) => JSON.stringify(p) === JSON.stringify(first));
  return isOne && first.usageUnit === unit ? first.tiers : undefined;
}

function inForce(sku: Sku, today: string) {
  const [latest] = sku.pricingInfo
    .filter((p) => p.effectiveTime.slice(0, 10) <= today)
    .sort((a, b) => (a.effectiveTime < b.effectiveTime ? 1 : -1));
  if (latest === undefined) return undefined;
  const { usageUnit, tieredRates } = latest.pricingExpression;
  const isDollars = tieredRates.every((r) => r.unitPrice.currencyCode === "USD");
  const tiers = tieredRates.map((r) => ({
    from: r.startUsageAmount ?? 0,
    usd: Number(r.unitPrice.units ?? "0") + (r.unitPrice.nanos ?? 0) / 1e9,
  }));
  return isDollars ? { usageUnit, tiers } : undefined;
}
