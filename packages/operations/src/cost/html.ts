import { type PriceLine, priceCategories } from "@trimaran/contract";
import type { BudgetVerdict } from "./budget.ts";
import { bars, growthChart, legend } from "./charts.ts";
import { dollars, partsText, sumText } from "./dollars.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Estimate, SiteCost } from "./estimate.ts";
import { style } from "./html-style.ts";
import { assumptionRows } from "./profile.ts";

/** One page without anything from elsewhere: tables, charts as SVG, every line with its source. Safe for any name. */
export function htmlOf(e: Estimate, budget?: BudgetVerdict): string {
  const environment = e.environment === "default" ? "" : `, ${e.environment}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(e.app)}: cost a month</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(e.app)}${escapeHtml(environment)}: <strong>$${dollars(e.total.usd)}</strong> a month</h1>
<p class="quiet">${summary(e)}</p>
${budget === undefined ? "" : verdict(budget, e.total.unpriced)}
<h2>The app as it is</h2>
${legend()}
${bars(e.sites, "Dollars a month by site")}
${table(e.sites, e)}
<h2>The whole app on one cloud</h2>
${bars(e.onOneCloud, "Dollars a month on each single cloud")}
${table(e.onOneCloud)}
<h2>As the requests grow</h2>
${growthChart(e.growth, e.profile.requestsPerSecond)}
<h2>The clouds for this app</h2>
${comparison(e)}
<h2>Every line</h2>
${[...e.sites.map((s) => lines(s, "")), ...e.onOneCloud.map((s) => lines(s, "whole app on "))].join("\n")}
<h2>What it assumes</h2>
<table><tbody>${assumptionRows(e.profile)
    .map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td class="n">${escapeHtml(value)}</td></tr>`)
    .join("")}</tbody></table>
</main>
</html>
`;
}

function summary(e: Estimate): string {
  const dates = e.prices.oldest === null ? "" : ` Prices as of ${e.prices.oldest} to ${e.prices.newest}`;
  const undated = e.prices.undated === 0 ? "" : `, ${e.prices.undated} without a date`;
  const missing =
    e.total.unpriced === 0 ? "" : ` <b>${e.total.unpriced} lines have no price and are not in the sum.</b>`;
  return `Public list prices in US dollars, no taxes, no commitments.${dates}${undated}.${missing}`;
}

function verdict({ monthly, verdict: says }: BudgetVerdict, unpriced: number): string {
  const words = {
    within: `within the budget of $${dollars(monthly)}`,
    over: `over the budget of $${dollars(monthly)}`,
    unsure: `within the budget of $${dollars(monthly)} as far as prices are known: ${unpriced} lines have none`,
  };
  return `<p class="verdict ${says}">${words[says]}</p>`;
}

function table(places: readonly SiteCost[], app?: Estimate): string {
  const head = places.map(
    (p) => `<th class="n">${escapeHtml(p.site)}<br><small>${escapeHtml(p.cloud)} ${escapeHtml(p.region)}</small></th>`,
  );
  const rows = priceCategories.map((c) => {
    const cells = [...places.map((p) => p.categories[c]), ...(app === undefined ? [] : [app.categories[c]])];
    return `<tr><th>${c}</th>${cells.map((s) => `<td class="n">${sumText(s)}</td>`).join("")}</tr>`;
  });
  const totals = [...places.map((p) => p.total), ...(app === undefined ? [] : [app.total])];
  return `<table><thead><tr><th></th>${head.join("")}${app === undefined ? "" : '<th class="n">app</th>'}</tr></thead><tbody>${rows.join("")}</tbody><tfoot><tr><th>total</th>${totals.map((s) => `<td class="n">${sumText(s)}</td>`).join("")}</tr></tfoot></table>`;
}

function comparison(e: Estimate): string {
  const clouds = e.onOneCloud.map((c) => c.cloud);
  const rows = e.comparison.map((row) => {
    const cells = clouds.map(
      (c) => `<td${row.best === c ? ' class="best"' : ""}>${escapeHtml(row.clouds[c] ?? "")}</td>`,
    );
    return `<tr><th>${escapeHtml(row.aspect)}</th>${cells.join("")}</tr>`;
  });
  return `<table class="words"><thead><tr><th></th>${clouds.map((c) => `<th>${c}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function lines(place: SiteCost, prefix: string): string {
  const title = `${prefix}${place.site} (${place.cloud} ${place.region}): ${sumText(place.total)}`;
  return `<details><summary>${escapeHtml(title)}</summary><table class="words lines"><thead><tr><th>what</th><th>because</th><th class="n">quantity x price</th><th class="n">$ a month</th><th>source</th></tr></thead><tbody>${place.lines.map(line).join("")}</tbody></table></details>`;
}

function line(l: PriceLine): string {
  const sku = l.sku === undefined ? "" : `<br><small>${escapeHtml(l.sku)}</small>`;
  const note = l.note === undefined ? "" : `<br><small>${escapeHtml(l.note)}</small>`;
  const source =
    l.page === undefined
      ? ""
      : `<a href="${escapeHtml(l.page)}">price page</a>, ${l.asOf ?? "no date"}<br><small>${escapeHtml(l.source ?? "")}</small>`;
  return `<tr><th>${escapeHtml(l.name)}<br><small>${l.category}</small></th><td>${escapeHtml(l.because)}${note}</td><td class="n">${escapeHtml(partsText(l))}${sku}</td><td class="n">${l.usd === null ? "no price" : dollars(l.usd)}</td><td>${source}</td></tr>`;
}
