import type { SiteState, SiteStatus, StatusReport } from "@trimaran/contract";
import { clock, compact, milliseconds, percent } from "./numbers.ts";
import { paint, type Style } from "./paint.ts";
import { type Column, renderTable } from "./table.ts";

const stateStyles: Readonly<Record<SiteState, Style>> = {
  healthy: "green",
  starting: "yellow",
  stopping: "yellow",
  degraded: "yellow",
  unhealthy: "red",
  down: ["red", "bold"],
};
const BAR = 24;

/** The picture of a running app: one block of text without cursor movements. */
export function renderStatus(
  report: StatusReport,
  options: { readonly hasColor: boolean; readonly now: number },
): string {
  const color = (text: string, style: Style) => paint(text, style, options.hasColor);
  const { gateway } = report;
  const healthy = report.sites.filter((s) => s.state === "healthy").length;
  const state = report.state === "running" ? color("running", "green") : color(report.state, "yellow");
  const environment = report.environment === "default" ? "" : ` (${report.environment})`;
  const lines = [
    `${color(report.app, "bold")}${environment}  ${state} for ${clock(options.now - Date.parse(report.startedAt))}  ${healthy} of ${report.sites.length} sites healthy`,
  ];
  if (gateway !== null) {
    lines.push(
      `${color(gateway.url, ["cyan", "underline"])}  ${compact(gateway.requestsPerSecond)} requests/s  p50 ${milliseconds(gateway.p50Ms)}  p99 ${milliseconds(gateway.p99Ms)}  ${compact(gateway.requests)} requests  ${compact(gateway.errors)} errors  ${compact(gateway.retries)} retries`,
    );
    if (gateway.failingOpen)
      lines.push(color("no site is healthy: the gateway fails open and sends traffic to all of them", ["red", "bold"]));
  }
  return `${lines.join("\n")}\n\n${renderTable(report.sites, siteColumns(color))}${details(report, color)}`;
}

type Color = (text: string, style: Style) => string;

function siteColumns(color: Color): readonly Column<SiteStatus>[] {
  return [
    { title: "site", cell: (s) => s.name },
    { title: "cloud", cell: (s) => s.cloud },
    { title: "region", cell: (s) => s.region },
    { title: "role", cell: (s) => s.role },
    { title: "state", cell: (s) => color(s.state, stateStyles[s.state]) },
    {
      title: "instances",
      align: "right",
      cell: (s) => `${s.instances.filter((i) => i.state === "healthy").length}/${s.instances.length}`,
    },
    { title: "weight", align: "right", cell: (s) => String(s.weight) },
    { title: "share of traffic", cell: (s) => bar(s.share, color) },
    { title: "req/s", align: "right", cell: (s) => compact(s.requestsPerSecond) },
    { title: "p50", align: "right", cell: (s) => milliseconds(s.p50Ms) },
    { title: "p99", align: "right", cell: (s) => milliseconds(s.p99Ms) },
    { title: "errors", align: "right", cell: (s) => (s.errors > 0 ? color(compact(s.errors), "red") : "0") },
  ];
}

function bar(share: number, color: Color): string {
  const full = Math.round(share * BAR);
  return `${color("█".repeat(full), "cyan")}${color("░".repeat(BAR - full), "gray")} ${percent(share).padStart(7)}`;
}

/** What needs attention, site by site: chaos in force; else why a site is not healthy, with the instances and services that are not. */
function details(report: StatusReport, color: Color): string {
  const lines = report.sites.flatMap((site) => {
    if (site.chaos.length > 0)
      return [`${site.name}: chaos ${site.chaos.join(", ")}     (end it with: trimaran chaos heal ${site.name})`];
    if (site.state === "healthy") return [];
    const down = site.services.filter((service) => service.state === "down").map((service) => service.name);
    return [
      ...(site.because === undefined
        ? []
        : [`${site.name}: ${site.state === "unhealthy" ? "out of traffic: " : ""}${site.because}`]),
      ...site.instances
        .filter((i) => i.state !== "healthy")
        .map((i) => `${site.name}: instance ${i.id} is ${i.state}${restarted(i.restarts)}`),
      ...(down.length === 0 ? [] : [`${site.name}: not up: ${down.join(", ")}`]),
    ];
  });
  return lines.length === 0 ? "" : `\n${lines.map((l) => color(l, "yellow")).join("\n")}\n`;
}

function restarted(times: number): string {
  return times === 0 ? "" : `, restarted ${times === 1 ? "once" : `${times} times`}`;
}
