import { type Ask, figure, hoursPerMonth, type PriceLine, type SiteLoad } from "@trimaran/contract";

/** Monitoring, secrets, images. */
export function runningLines(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const monitoring = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "monitoring", name, because, item, quantity, unit });
  const other = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "other", name, because, item, quantity, unit });
  const days = hoursPerMonth / 24;
  const alarms = figure(load.alarms);
  const logs = `${figure(load.logsGiB)} GB, kept 31 days`;
  const lines = [
    monitoring("Log Analytics", logs, "log_analytics.ingest_gb", load.logsGiB, "GB"),
    monitoring("Metric alerts", alarms, "monitor.metric_alert.month", load.alarms, "time-series-month"),
    other("Container Registry, Basic", `${figure(days)} days`, "acr.basic.day", days, "day"),
  ];
  if (load.secrets === 0) return lines;
  const reads = `${figure(load.secretReads)} reads: each instance, each secret, each hour`;
  return [
    ...lines,
    other("Key Vault operations", reads, "keyvault.operations", load.secretReads / 1e4, "10K operations"),
  ];
}
