import type { TrafficReport } from "@trimaran/contract";
import { percent } from "./numbers.ts";
import { renderTable } from "./table.ts";

/** Weights as a table: what they promise, and what was measured since they were last changed. */
export function renderTraffic(report: TrafficReport): string {
  return renderTable(report.sites, [
    { title: "site", cell: (s) => s.name },
    { title: "role", cell: (s) => s.role },
    { title: "weight", align: "right", cell: (s) => String(s.weight) },
    { title: "planned", align: "right", cell: (s) => percent(s.planned) },
    {
      title: "measured",
      align: "right",
      cell: (s) => (s.assigned === 0 && s.measured === 0 ? "-" : percent(s.measured)),
    },
    { title: "requests", align: "right", cell: (s) => String(s.assigned) },
  ]);
}
