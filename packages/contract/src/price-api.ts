import { codeOf, TrimaranError } from "./errors.ts";
import type { PriceApi, PriceBook, PriceMeter, RefreshedPrices } from "./price.ts";

const waitMs = 120_000;

/**
 * The JSON document at an address of a public price API. Throws unavailable, unauthenticated, quota_exhausted, timeout or canceled, each
 * without the address, which may hold a key.
 */
export async function readPrices(api: PriceApi, url: URL): Promise<unknown> {
  const hint = "the prices are as they were; trimaran cost refresh     (when the network is there)";
  const timeout = AbortSignal.timeout(waitMs);
  const signal = api.signal === undefined ? timeout : AbortSignal.any([api.signal, timeout]);
  try {
    const answer = await api.fetch(url, { signal, headers: { accept: "application/json" } });
    if (answer.ok) return (await answer.json()) as unknown;
    await answer.body?.cancel();
    const code =
      answer.status === 429 ? "quota_exhausted" : isRefusal(answer.status, api) ? "unauthenticated" : "unavailable";
    throw new TrimaranError(code, `the price list at ${url.host} answered ${answer.status}`, { hint });
  } catch (e) {
    if (e instanceof TrimaranError) throw e;
    if (api.signal?.aborted === true) throw new TrimaranError("canceled", "stopped on request", { cause: e });
    const isLate = codeOf(e) === "timeout";
    const says = isLate ? `gave no answer in ${waitMs / 1000} s` : "cannot be reached or read";
    throw new TrimaranError(isLate ? "timeout" : "unavailable", `the price list at ${url.host} ${says}`, {
      cause: e,
      hint,
    });
  }
}

/** Google answers 400 to a key that is none. */
function isRefusal(status: number, api: PriceApi): boolean {
  return status === 401 || status === 403 || (status === 400 && api.key !== undefined);
}

/** A price as an API tells it: from so many of its units on, dollars for one of them. */
export interface ToldTier {
  readonly from: number;
  readonly usd: number;
}

/**
 * The meter with told prices; undefined when they cannot be meant: none, all nothing, negative, not a number. `perUnit` is how many of
 * the API's units are one of the book's: 1000 where the API tells a request and the book "1K requests".
 */
export function toldMeter(
  meter: PriceMeter,
  tiers: readonly ToldTier[],
  perUnit: number,
  told: { readonly source: number; readonly asOf: string },
): PriceMeter | undefined {
  const sorted = [...tiers].sort((a, b) => a.from - b.from);
  const paid = sorted.filter((t, i) => i > 0 || t.usd > 0);
  const isGood = paid.length > 0 && sorted[0]?.from === 0 && paid.every((t) => Number.isFinite(t.usd) && t.usd > 0);
  if (!isGood || !Number.isFinite(perUnit) || perUnit <= 0) return undefined;
  const isFree = paid.length < sorted.length;
  // Without the noise of a binary division: prices have no more digits than these.
  const exact = (n: number) => Number(n.toPrecision(12));
  const { free: before, note, ...rest } = meter;
  const free = isFree ? exact((paid[0]?.from ?? 0) / perUnit) : before;
  return {
    ...rest,
    ...(free === undefined ? {} : { free }),
    ...(note === undefined || note.includes("introductory") ? {} : { note }),
    rates: paid.map((t, i) => ({ from: i === 0 ? 0 : exact(t.from / perUnit), usd: exact(t.usd * perUnit), ...told })),
  };
}

/** The book with what `read` makes of each meter; a meter that it does not know keeps its price, source and date. */
export function refreshed(
  book: PriceBook,
  source: string,
  asOf: string,
  read: (meter: PriceMeter, told: { readonly source: number; readonly asOf: string }) => PriceMeter | undefined,
): RefreshedPrices {
  const known = book.sources.indexOf(source);
  const sources = known === -1 ? [...book.sources, source] : book.sources;
  const told = { source: known === -1 ? book.sources.length : known, asOf };
  const facts = (m: PriceMeter) => JSON.stringify([m.free, m.rates.map((r) => [r.from, r.usd])]);
  let count = 0;
  let changed = 0;
  const meters = book.meters.map((meter) => {
    const found = read(meter, told);
    if (found === undefined) return meter;
    count++;
    if (facts(found) !== facts(meter)) changed++;
    return found;
  });
  return { book: { ...book, sources, meters }, read: count, changed, kept: meters.length - count };
}

/** How many things one unit is: "1M requests" is a million, "hour" is one. */
export function unitCount(unit: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?)\b/.exec(unit);
  return match === null ? 1 : Number(match[1]) * { "": 1, K: 1e3, M: 1e6, G: 1e9 }[match[2] as "" | "K" | "M" | "G"];
}
