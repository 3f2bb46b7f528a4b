import { type PriceCategory, priceCategories } from "@trimaran/contract";
import { dollars } from "./dollars.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Growth, SiteCost } from "./estimate.ts";

/** Of each category: told apart also by people who see no red or green (after Okabe and Ito). */
export const colours: Readonly<Record<PriceCategory, string>> = {
  compute: "#0072b2",
  database: "#d55e00",
  "key-value": "#cc79a7",
  objects: "#009e73",
  ai: "#8c6bb1",
  network: "#e69f00",
  monitoring: "#56b4e9",
  other: "#8a8a8a",
};
const cloudColours = ["#d55e00", "#0072b2", "#009e73"] as const;
const dashes = ["", "7 4", "2 4"] as const;

/** Bars made of categories, one for each place, on one scale. */
export function bars(places: readonly SiteCost[], title: string): string {
  const [left, width, row] = [150, 620, 46];
  const most = Math.max(...places.map((p) => p.total.usd), 0.01);
  const drawn = places.map((p, i) => {
    let x = left;
    const parts = priceCategories.map((c) => {
      const w = (p.categories[c].usd / most) * width;
      const rect = `<rect x="${fixed(x)}" y="${i * row + 8}" width="${fixed(w)}" height="26" fill="${colours[c]}"><title>${c}: $${dollars(p.categories[c].usd)}</title></rect>`;
      x += w;
      return w < 0.05 ? "" : rect;
    });
    const sum = `$${dollars(p.total.usd)}${p.total.unpriced > 0 ? " +" : ""}`;
    return `<text x="${left - 10}" y="${i * row + 26}" text-anchor="end">${escapeHtml(p.site)}</text>${parts.join("")}<text x="${fixed(x + 8)}" y="${i * row + 26}">${sum}</text>`;
  });
  const says = places.map((p) => `${p.site} $${dollars(p.total.usd)}`).join(", ");
  return `<svg viewBox="0 0 900 ${places.length * row + 4}" role="img" aria-label="${escapeHtml(`${title}: ${says}`)}">${drawn.join("")}</svg>`;
}

export function legend(): string {
  const items = priceCategories.map((c) => `<span><i style="background:${colours[c]}"></i>${c}</span>`);
  return `<p class="legend">${items.join("")}</p>`;
}

/** What a month costs on each cloud as the requests grow. */
export function growthChart(growth: readonly Growth[], perSecond: number): string {
  const [left, right, top, bottom] = [80, 760, 16, 250] as const;
  const last = growth[0]?.points.at(-1)?.times ?? 1;
  const most = niceAbove(Math.max(...growth.flatMap((g) => g.points.map((p) => p.usd)), 1));
  const x = (times: number) => fixed(left + (times / last) * (right - left));
  const y = (usd: number) => fixed(bottom - (usd / most) * (bottom - top));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const usd = most * part;
    return `<line x1="${left}" x2="${right}" y1="${y(usd)}" y2="${y(usd)}" class="grid"/><text x="${left - 8}" y="${y(usd)}" dy="4" text-anchor="end">$${Math.round(usd).toLocaleString("en-US")}</text>`;
  });
  const ticks = (growth[0]?.points ?? [])
    .filter((p) => p.times >= 1)
    .map(
      (p) =>
        `<text x="${x(p.times)}" y="${bottom + 20}" text-anchor="middle">${Number((p.times * perSecond).toPrecision(4))}/s</text>`,
    );
  const ends = spread(growth.map((g) => Number(y(g.points.at(-1)?.usd ?? 0))));
  const lines = growth.map((g, i) => {
    const points = g.points.map((p) => `${x(p.times)},${y(p.usd)}`).join(" ");
    const colour = cloudColours[i % 3];
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dashes[i % 3]}"/><text x="${right + 10}" y="${ends[i]}" dy="4" style="fill:${colour}" class="name">${g.cloud}</text>`;
  });
  const says = growth.map((g) => `${g.cloud} up to $${dollars(g.points.at(-1)?.usd ?? 0)}`).join(", ");
  return `<svg viewBox="0 0 900 ${bottom + 30}" role="img" aria-label="Dollars a month by requests a second: ${escapeHtml(says)}">${grid.join("")}${ticks.join("")}${lines.join("")}</svg>`;
}

/** Labels that would lie on each other move apart. */
function spread(places: readonly number[]): readonly number[] {
  const moved = [...places];
  const order = places.map((_, i) => i).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  for (const [k, i] of order.entries()) {
    const above = order[k - 1];
    if (above !== undefined) moved[i] = Math.max(moved[i] ?? 0, (moved[above] ?? 0) + 18);
  }
  return moved;
}

function niceAbove(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10].find((n) => n * unit >= value) ?? 10) * unit;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}
