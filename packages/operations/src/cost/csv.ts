import type { Estimate } from "./estimate.ts";

const columns = [
  "scope",
  "site",
  "cloud",
  "region",
  "category",
  "name",
  "because",
  "quantity",
  "unit",
  "usd_each",
  "usd",
  "sku",
  "source",
  "page",
  "as_of",
  "note",
];

/** Every line for a spreadsheet, after RFC 4180; `usd` is empty where there is no price. Scope is `app` or `one-cloud`. */
export function csvOf(estimate: Estimate): string {
  const scopes = [
    ["app", estimate.sites],
    ["one-cloud", estimate.onOneCloud],
  ] as const;
  const rows = scopes.flatMap(([scope, sites]) =>
    sites.flatMap((s) =>
      s.lines.map((l) => {
        const each = [...new Set(l.parts.map((p) => p.usdEach))].join(" then ");
        const price = [exact(l.quantity), l.unit, each, l.usd === null ? "" : exact(l.usd)];
        const origin = [l.sku ?? "", l.source ?? "", l.page ?? "", l.asOf ?? "", l.note ?? ""];
        return [scope, s.site, s.cloud, s.region, l.category, l.name, l.because, ...price, ...origin];
      }),
    ),
  );
  return [columns, ...rows].map((row) => `${row.map((v) => cell(String(v))).join(",")}\r\n`).join("");
}

/** Without the digits that are only a binary fraction's noise. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** A spreadsheet runs what begins like a formula; a site's or resource's name must not. */
function cell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
