export { type BudgetVerdict, budgetVerdict } from "./budget.ts";
export type { Comparison } from "./compare.ts";
export { csvOf } from "./csv.ts";
export { type Change, type CostDiff, diffOf } from "./diff.ts";
export { dollars, partsText, sumText } from "./dollars.ts";
export { type Estimate, estimate, type Prices, type SiteCost, type Sum } from "./estimate.ts";
export { htmlOf } from "./html.ts";
export { assumptionRows } from "./profile.ts";
export { changed, siteNamed, type WhatIf } from "./what-if.ts";
