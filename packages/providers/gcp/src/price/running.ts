import { type Ask, figure, type PriceLine, type SiteLoad } from "@trimaran/contract";

/** Monitoring, secrets, images. */
export function runningLines(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const monitoring = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "monitoring", name, because, item, quantity, unit });
  const other = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "other", name, because, item, quantity, unit });
  const alarm = "monitoring.alert.metric_reference.month";
  const lines = [
    monitoring("Cloud Logging", `${figure(load.logsGiB)} GiB, kept 30 days`, "logging.ingest_gib", load.logsGiB, "GiB"),
    monitoring("Cloud Monitoring alerts", figure(load.alarms), alarm, load.alarms, "metric-reference-month"),
    other(
      "Artifact Registry images",
      `${figure(load.imagesGiB)} GB`,
      "artifactregistry.storage.gb_month",
      load.imagesGiB,
      "GB-month",
    ),
  ];
  if (load.secrets === 0) return lines;
  const reads = `${figure(load.secretReads)}: each instance, each secret, each hour`;
  return [
    ...lines,
    other(
      "Secret Manager versions",
      figure(load.secrets),
      "secretmanager.version.month",
      load.secrets,
      "version-month",
    ),
    other("Secret Manager reads", reads, "secretmanager.access", load.secretReads / 1e4, "10K operations"),
  ];
}
