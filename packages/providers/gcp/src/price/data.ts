import {
  type Ask,
  figure,
  hoursPerMonth,
  modelItem,
  type PriceBook,
  type PriceLine,
  type ResourceLoad,
  type ResourceType,
} from "@trimaran/contract";

/** `size` of a Postgres: a shared core with 1.7 GiB, or vCPUs and GiB of a custom machine. */
const machines: Readonly<Record<string, { readonly vcpu: number; readonly gib: number }>> = {
  medium: { vcpu: 2, gib: 4 },
  large: { vcpu: 2, gib: 8 },
};
/** GiB of a Memorystore instance. */
const caches: Readonly<Record<string, number>> = { small: 1, medium: 2, large: 4 };
const models: Readonly<Record<string, string>> = { chat: "2.5-flash", embed: "embedding-001" };

type Pricer = (load: ResourceLoad, ask: Ask, book: PriceBook) => readonly PriceLine[];

export function dataLines(load: ResourceLoad, ask: Ask, book: PriceBook): readonly PriceLine[] {
  const name = `${load.resource.name}${load.isCopy ? " (copy)" : ""}`;
  return byType[load.resource.type](load, ask, book).map((line) => ({ ...line, name: `${line.name}: ${name}` }));
}

const byType: Readonly<Record<ResourceType, Pricer>> = { postgres, bucket, kv, cache, model, secret: () => [] };

function postgres({ resource, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const machine = machines[String(resource.settings["size"])];
  // https://cloud.google.com/sql/docs/postgres/instance-settings: at least 10 GB
  const disk = Math.max(10, Math.ceil(storedGiB));
  const line = (name: string, because: string, item: string, quantity: number, unit: string) =>
    ask({ category: "database", name, because, item: `cloudsql.${item}`, quantity, unit });
  const hours = (count: number, word: string) => `${figure(count)} ${word} x ${hoursPerMonth} h`;
  const compute =
    machine === undefined
      ? [
          line(
            "Cloud SQL db-g1-small, zonal",
            `1 x ${hoursPerMonth} h`,
            "db-g1-small.zonal.hour",
            hoursPerMonth,
            "hour",
          ),
        ]
      : [
          line(
            "Cloud SQL vCPU, zonal",
            hours(machine.vcpu, "vCPU"),
            "custom.vcpu_hour",
            machine.vcpu * hoursPerMonth,
            "vCPU-hour",
          ),
          line(
            "Cloud SQL memory, zonal",
            hours(machine.gib, "GiB"),
            "custom.gb_hour",
            machine.gib * hoursPerMonth,
            "GiB-hour",
          ),
        ];
  return [
    ...compute,
    line("Cloud SQL SSD storage", `${figure(disk)} GiB`, "storage.ssd.gb_month", disk, "GiB-month"),
    line("Cloud SQL backups", `as much as the disk once: ${figure(disk)} GiB`, "backup.gb_month", disk, "GiB-month"),
  ];
}

function kv({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const operations = (name: string, count: number, item: string) =>
    ask({
      category: "key-value",
      name,
      because: figure(count),
      item,
      quantity: count / 1e5,
      unit: "100K operations",
    });
  return [
    operations("Firestore reads", reads, "firestore.reads"),
    operations("Firestore writes", writes, "firestore.writes"),
    ask({
      category: "key-value",
      name: "Firestore storage",
      because: `${figure(storedGiB)} GiB`,
      item: "firestore.storage.gib_month",
      quantity: storedGiB,
      unit: "GiB-month",
    }),
  ];
}

function bucket({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  return [
    ask({
      category: "objects",
      name: "Cloud Storage, standard, one region",
      because: `${figure(storedGiB)} GiB`,
      item: "gcs.standard.regional.gb_month",
      quantity: storedGiB,
      unit: "GiB-month",
    }),
    ask({
      category: "objects",
      name: "Cloud Storage writes",
      because: `${figure(writes)} class A operations`,
      item: "gcs.standard.class_a",
      quantity: writes / 1e4,
      unit: "10K operations",
    }),
    ask({
      category: "objects",
      name: "Cloud Storage reads",
      because: `${figure(reads)} class B operations`,
      item: "gcs.standard.class_b",
      quantity: reads / 1e4,
      unit: "10K operations",
    }),
  ];
}

function cache({ resource }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const gib = caches[String(resource.settings["size"])] ?? 1;
  return [
    ask({
      category: "key-value",
      name: `Memorystore for Redis, basic, ${gib} GiB`,
      because: `${gib} GiB x ${hoursPerMonth} h`,
      item: "memorystore.redis.basic.m1.gb_hour",
      quantity: gib * hoursPerMonth,
      unit: "GiB-hour",
    }),
  ];
}

function model(load: ResourceLoad, ask: Ask, book: PriceBook): readonly PriceLine[] {
  const task = String(load.resource.settings["task"] ?? "chat");
  const wanted = String(load.resource.settings["model"] ?? models[task]).replace(/^gemini-/, "");
  const item = modelItem(book, "gemini", wanted, ["global"]) ?? `gemini.${wanted}.input`;
  const line = (name: string, tokens: number, key: string) =>
    ask({
      category: "ai",
      name: `Vertex AI gemini-${wanted} ${name}`,
      because: `${figure(tokens)} tokens`,
      item: key,
      quantity: tokens / 1e6,
      unit: "1M tokens",
    });
  const input = line("input", load.inputTokens, item);
  return load.outputTokens === 0
    ? [input]
    : [input, line("output", load.outputTokens, item.replace(/input$/, "output"))];
}
