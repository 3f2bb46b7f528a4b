import {
  type BudgetVerdict,
  type CostDiff,
  dollars,
  type Estimate,
  partsText,
  type SiteCost,
  type Sum,
} from "@trimaran/all/cost";
import { type PriceLine, priceCategories } from "@trimaran/contract";
import { paint } from "./paint.ts";
import { type Column, renderTable } from "./table.ts";

interface How {
  readonly hasColor: boolean;
  readonly lines: boolean;
  /** Only this site was asked for. */
  readonly site: string | undefined;
}

export function renderCost(e: Estimate, how: How): string {
  const title = (text: string) => `${paint(text, "bold", how.hasColor)}\n`;
  const environment = e.environment === "default" ? "" : ` (${e.environment})`;
  const app = how.site === undefined ? [{ title: "app", categories: e.categories, total: e.total }] : [];
  const parts = [
    `${title(`${e.app}${environment}: dollars a month at ${e.profile.requestsPerSecond} requests/s`)}${table([...e.sites.map(column), ...app])}`,
  ];
  if (how.lines) parts.push(...e.sites.map((s) => linesOf(s, how.hasColor)));
  if (how.site === undefined) {
    parts.push(`${title("the whole app on one cloud")}${table(e.onOneCloud.map(column))}`);
    if (how.lines) parts.push(...e.onOneCloud.map((s) => linesOf(s, how.hasColor)));
    parts.push(`${title("for this app")}${comparison(e)}`);
  }
  return `${parts.join("\n")}\n${dates(e)}`;
}

interface Place {
  readonly title: string;
  readonly categories: SiteCost["categories"];
  readonly total: Sum;
}
const column = (s: SiteCost): Place => ({ title: s.site, categories: s.categories, total: s.total });

function table(places: readonly Place[]): string {
  const rows = [...priceCategories, "total"] as const;
  const of = (p: Place, row: (typeof rows)[number]) => (row === "total" ? p.total : p.categories[row]);
  const columns: Column<(typeof rows)[number]>[] = [
    { title: "", cell: (row) => row },
    ...places.map((p) => ({
      title: p.title,
      align: "right" as const,
      cell: (row: (typeof rows)[number]) => brief(of(p, row)),
    })),
  ];
  return renderTable(rows, columns, "  ");
}

/** "12.34 +2": two more lines that have no price. */
function brief({ usd, unpriced }: Sum): string {
  if (unpriced === 0) return dollars(usd);
  return usd === 0 ? "no price" : `${dollars(usd)} +${unpriced}`;
}

function linesOf(s: SiteCost, hasColor: boolean): string {
  const title = paint(`${s.site}: ${s.cloud} ${s.region}, each line`, "bold", hasColor);
  return `${title}\n${s.lines.map((l) => line(l, hasColor)).join("")}`;
}

function line(l: PriceLine, hasColor: boolean): string {
  const usd = l.usd === null ? "no price" : dollars(l.usd);
  const sku = l.sku === undefined ? "" : `  SKU ${l.sku}`;
  const quiet = (text: string) => `             ${paint(text, "dim", hasColor)}\n`;
  const origin = l.page === undefined ? "" : quiet(`${l.region}, ${l.asOf ?? "no date"}, ${l.page}`);
  const source = l.source === undefined ? "" : quiet(l.source);
  const note = l.note === undefined ? "" : quiet(l.note);
  return `  ${usd.padStart(9)}  ${l.name} (${l.category}): ${l.because}\n             ${partsText(l)}${sku}\n${origin}${source}${note}`;
}

function comparison(e: Estimate): string {
  // The categories' figures stand in the table above.
  return e.comparison
    .filter((row) => !priceCategories.some((c) => c === row.aspect))
    .map((row) => {
      const clouds = Object.entries(row.clouds).map(
        ([cloud, says]) => `    ${cloud.padEnd(6)} ${says}${row.best === cloud ? "  (least)" : ""}\n`,
      );
      return `  ${row.aspect}\n${clouds.join("")}`;
    })
    .join("");
}

function dates({ prices, total }: Estimate): string {
  const missing =
    total.unpriced === 0 ? "" : `+N: so many more lines have no price and are not in the sum (--lines names them).\n`;
  if (prices.oldest === null) return missing;
  const undated = prices.undated === 0 ? "" : `, ${prices.undated} without a date`;
  return `${missing}Public list prices of ${prices.oldest} to ${prices.newest}${undated}; no taxes, no commitments. --lines shows each with its source.\n`;
}

export function renderBudget({ monthly, verdict }: BudgetVerdict, unpriced: number, hasColor: boolean): string {
  const amount = dollars(monthly);
  if (verdict === "over") return `${paint(`over the budget of ${amount}`, ["red", "bold"], hasColor)}\n`;
  if (verdict === "within") return `${paint(`within the budget of ${amount}`, "green", hasColor)}\n`;
  const says = `within the budget of ${amount} as far as prices are known: ${unpriced} lines have none`;
  return `${paint(says, "yellow", hasColor)} (--strict fails then)\n`;
}

export function renderDiff(diff: CostDiff, how: Pick<How, "hasColor">): string {
  const rows = [
    ...priceCategories.map((c) => ({ name: c as string, ...diff.categories[c] })),
    ...diff.sites.map((s) => ({ ...s, name: `site ${s.site}` })),
    { name: "total", ...diff.total },
  ];
  const title = paint("dollars a month, before and after", "bold", how.hasColor);
  const changes = diff.lines.map(
    (l) => `  ${signed((l.after ?? 0) - (l.before ?? 0)).padStart(10)}  ${l.site}: ${l.name}${gone(l)}\n`,
  );
  return `${title}\n${renderTable(
    rows,
    [
      { title: "", cell: (r) => r.name },
      { title: "before", align: "right", cell: (r) => brief(r.before) },
      { title: "after", align: "right", cell: (r) => brief(r.after) },
      { title: "change", align: "right", cell: (r) => signed(r.usd) },
    ],
    "  ",
  )}${changes.length === 0 ? "" : `\n${changes.join("")}`}`;
}

function gone({ before, after }: CostDiff["lines"][number]): string {
  return before === null
    ? " (new, or without a price before)"
    : after === null
      ? " (gone, or without a price now)"
      : "";
}

function signed(usd: number): string {
  return usd === 0 ? "0.00" : usd > 0 ? `+${dollars(usd)}` : dollars(usd);
}
