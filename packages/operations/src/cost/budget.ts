import type { Estimate } from "./estimate.ts";

/** `unsure`: within the budget as far as prices are known, and some are not. */
export interface BudgetVerdict {
  readonly monthly: number;
  readonly usd: number;
  readonly verdict: "within" | "over" | "unsure";
}

/** Whether the app keeps to `budget.monthly`; undefined without one. A missing price is never taken for nothing. */
export function budgetVerdict(
  monthly: number | undefined,
  { total }: Pick<Estimate, "total">,
): BudgetVerdict | undefined {
  if (monthly === undefined) return undefined;
  const verdict = total.usd > monthly ? "over" : total.unpriced > 0 ? "unsure" : "within";
  return { monthly, usd: total.usd, verdict };
}
