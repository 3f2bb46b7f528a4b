import { type PriceCategory, priceCategories } from "@trimaran/contract";
import type { BudgetVerdict } from "./budget.ts";
import type { CostDiff } from "./diff.ts";
import type { Estimate, SiteCost } from "./estimate.ts";

export interface Told {
  /** When `cost refresh` last read prices, ISO 8601. */
  readonly refreshedAt?: string | undefined;
  readonly budget?: BudgetVerdict | undefined;
  readonly diff?: CostDiff | undefined;
}

/** The estimate as one JSON document: categories as lists, and no digits that are only a binary fraction's noise. */
export function jsonOf(estimate: Estimate, { refreshedAt, budget, diff }: Told): string {
  const site = (s: SiteCost) => ({ ...s, categories: listed(s.categories) });
  const document = {
    ...estimate,
    sites: estimate.sites.map(site),
    categories: listed(estimate.categories),
    onOneCloud: estimate.onOneCloud.map(site),
    refreshedAt: refreshedAt ?? null,
    budget,
    diff: diff === undefined ? undefined : { ...diff, categories: listed(diff.categories) },
  };
  return JSON.stringify(document, (_key, v: unknown) => (typeof v === "number" ? Number(v.toPrecision(12)) : v));
}

function listed<T>(categories: Readonly<Record<PriceCategory, T>>) {
  return priceCategories.map((category) => ({ category, ...categories[category] }));
}
