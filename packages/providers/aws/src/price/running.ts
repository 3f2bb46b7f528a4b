import { type Ask, figure, type PriceLine, type SiteLoad } from "@trimaran/contract";

/** Monitoring, secrets, images. */
export function runningLines(load: SiteLoad, ask: Ask): readonly PriceLine[] {
  const monitoring = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "monitoring", name, because, item, quantity, unit });
  const other = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "other", name, because, item, quantity, unit });
  const logs = `${figure(load.logsGiB)} GB`;
  const lines = [
    monitoring("CloudWatch logs", `${logs} written`, "cloudwatch.logs.ingest_gb", load.logsGiB, "GB"),
    monitoring(
      "CloudWatch log storage",
      `${logs}, kept a month`,
      "cloudwatch.logs.storage_gb_month",
      load.logsGiB,
      "GB-month",
    ),
    monitoring("CloudWatch alarms", figure(load.alarms), "cloudwatch.alarm.month", load.alarms, "alarm-month"),
    monitoring("CloudWatch dashboard", "1", "cloudwatch.dashboard.month", 1, "dashboard-month"),
    other("ECR images", `${figure(load.imagesGiB)} GB`, "ecr.storage.gb_month", load.imagesGiB, "GB-month"),
  ];
  if (load.secrets === 0) return lines;
  return [
    ...lines,
    other("Secrets Manager secrets", figure(load.secrets), "secretsmanager.secret.month", load.secrets, "secret-month"),
    other(
      "Secrets Manager reads",
      `${figure(load.secretReads)}: each instance, each secret, each hour`,
      "secretsmanager.api",
      load.secretReads / 1e4,
      "10K requests",
    ),
  ];
}
