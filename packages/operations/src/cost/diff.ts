import { type PriceCategory, priceCategories } from "@trimaran/contract";
import type { Estimate, SiteCost, Sum } from "./estimate.ts";

export interface Change {
  readonly before: Sum;
  readonly after: Sum;
  readonly usd: number;
}
export interface CostDiff {
  readonly total: Change;
  readonly categories: Readonly<Record<PriceCategory, Change>>;
  readonly sites: readonly ({ readonly site: string } & Change)[];
  /** Lines that came, went or changed; the largest change first. */
  readonly lines: readonly {
    readonly site: string;
    readonly name: string;
    readonly category: PriceCategory;
    /** Null where the line is not there, or has no price. */
    readonly before: number | null;
    readonly after: number | null;
  }[];
}

const nothing: Sum = { usd: 0, unpriced: 0 };

/** What a change of the spec does to the bill. */
export function diffOf(before: Estimate, after: Estimate): CostDiff {
  const names = [...new Set([...before.sites, ...after.sites].map((s) => s.site))];
  const site = (e: Estimate, name: string) => e.sites.find((s) => s.site === name);
  return {
    total: change(before.total, after.total),
    categories: Object.fromEntries(
      priceCategories.map((c) => [c, change(before.categories[c], after.categories[c])]),
    ) as Record<PriceCategory, Change>,
    sites: names.map((name) => ({
      site: name,
      ...change(site(before, name)?.total ?? nothing, site(after, name)?.total ?? nothing),
    })),
    lines: names
      .flatMap((name) => changedLines(name, site(before, name), site(after, name)))
      .sort((a, b) => Math.abs((b.after ?? 0) - (b.before ?? 0)) - Math.abs((a.after ?? 0) - (a.before ?? 0))),
  };
}

function change(before: Sum, after: Sum): Change {
  return { before, after, usd: after.usd - before.usd };
}

function changedLines(site: string, before: SiteCost | undefined, after: SiteCost | undefined): CostDiff["lines"] {
  const old = new Map(before?.lines.map((l) => [l.name, l]));
  const now = new Map(after?.lines.map((l) => [l.name, l]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    const category = (a ?? b)?.category as PriceCategory;
    const isSame = a !== undefined && b !== undefined && a.usd === b.usd;
    return isSame ? [] : [{ site, name, category, before: a?.usd ?? null, after: b?.usd ?? null }];
  });
}
