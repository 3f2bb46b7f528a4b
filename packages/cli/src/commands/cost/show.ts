import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  budgetVerdict,
  changed,
  csvOf,
  diffOf,
  estimate,
  htmlOf,
  jsonOf,
  pricings,
  siteNamed,
} from "@trimaran/all/cost";
import { type App, codes, TrimaranError } from "@trimaran/contract";
import type { Input, Run } from "../../command.ts";
import { readBooks } from "../../cost/books.ts";
import type { Io } from "../../io.ts";
import { loadApp } from "../../load-app.ts";
import { findPlace } from "../../place.ts";
import { renderBudget, renderCost, renderDiff } from "../../render/cost.ts";

export const run: Run = async (input, io) => {
  const place = findPlace(input, io);
  const { app: written, warnings } = loadApp(place, io);
  for (const warning of warnings) io.err(`${warning}\n`);
  const app = changed(written, whatIf(input));
  const site = input.text("site");
  if (site !== undefined) siteNamed(app, site);

  const { books, refreshedAt, warning } = readBooks(place);
  if (warning !== undefined) io.err(`${warning}\n`);
  const prices = { pricings, books };
  const whole = estimate(app, prices);
  const budget = budgetVerdict(app.budget.monthly, whole);
  const other = otherApp(input, io);
  const diff = other === undefined ? undefined : diffOf(estimate(other, prices), whole);
  const shown = site === undefined ? whole : { ...whole, sites: whole.sites.filter((s) => s.site === site) };

  const html = input.text("html");
  if (html !== undefined) writeFileSync(resolve(io.cwd, html), htmlOf(shown, budget));
  if (input.flag("json")) {
    io.out(`${jsonOf(shown, { refreshedAt, budget, diff })}\n`);
  } else if (input.flag("csv")) io.out(csvOf(shown));
  else {
    const how = { hasColor: io.hasColor, lines: input.flag("lines"), site };
    io.out(diff === undefined ? renderCost(shown, how) : renderDiff(diff, how));
    if (budget !== undefined) io.out(`\n${renderBudget(budget, whole.total.unpriced, io.hasColor)}`);
    if (html !== undefined) io.out(`\nwritten: ${html}\n`);
  }
  const fails = budget?.verdict === "over" || (budget?.verdict === "unsure" && input.flag("strict"));
  return fails ? codes.verdict_failed.exit : 0;
};

function whatIf(input: Input) {
  const requests = input.text("requests");
  const size = input.text("size");
  const pairs = input.text("region")?.split(",");
  const regions = pairs?.map((pair) => {
    const [site, region, more] = pair.split("=");
    if (site && region && more === undefined) return [site, region] as const;
    throw new TrimaranError("invalid_argument", "--region takes a site and its region", {
      hint: "--region aws=us-west-2",
    });
  });
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(size === undefined ? {} : { size }),
    ...(regions === undefined ? {} : { regions: Object.fromEntries(regions) }),
  };
}

/** The spec of --against, with the same environment. */
function otherApp(input: Input, io: Io): App | undefined {
  const path = input.text("against");
  if (path === undefined) return undefined;
  const text = (option: string) => (option === "file" ? path : input.text(option));
  return loadApp(findPlace({ ...input, text }, io), io).app;
}
