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

/** `size` of a Postgres as a compute size; 2, 4 and 8 GiB. */
const computes: Readonly<Record<string, string>> = { small: "b1ms", medium: "b2s", large: "d2ds_v5" };
const caches: Readonly<Record<string, string>> = { small: "b0", medium: "b1", large: "b3" };
const models: Readonly<Record<string, string>> = { chat: "gpt-4o-mini-0718", embed: "text-embedding-3-small" };
/** GiB of the disks there are: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage */
const disks = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768] as const;
/** Request units of one item of 1 KB: https://learn.microsoft.com/azure/cosmos-db/request-units */
const units = { read: 1, write: 5 } as const;

type Pricer = (load: ResourceLoad, ask: Ask, book: PriceBook, region: string) => readonly PriceLine[];

export function dataLines(load: ResourceLoad, ask: Ask, book: PriceBook, region: string): readonly PriceLine[] {
  const name = `${load.resource.name}${load.isCopy ? " (copy)" : ""}`;
  return byType[load.resource.type](load, ask, book, region).map((line) => ({
    ...line,
    name: `${line.name}: ${name}`,
  }));
}

const byType: Readonly<Record<ResourceType, Pricer>> = { postgres, bucket, kv, cache, model, secret: () => [] };

/** The smallest disk that holds so much. */
export function diskSize(gib: number): number {
  return disks.find((d) => d >= gib) ?? Math.ceil(gib);
}

function postgres({ resource, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const compute = computes[String(resource.settings["size"])] ?? "b1ms";
  const disk = diskSize(storedGiB);
  return [
    ask({
      category: "database",
      name: `PostgreSQL Flexible Server ${compute.toUpperCase()}`,
      because: `1 x ${hoursPerMonth} h`,
      item: `postgres.flexible.${compute}.hour`,
      quantity: hoursPerMonth,
      unit: "hour",
    }),
    ask({
      category: "database",
      name: "PostgreSQL storage",
      because:
        disk === storedGiB ? `${figure(disk)} GB` : `${figure(disk)} GB, the next disk above ${figure(storedGiB)}`,
      item: "postgres.flexible.storage.gb_month",
      quantity: disk,
      unit: "GB-month",
    }),
    ask({
      category: "database",
      name: "PostgreSQL automatic backups",
      because: `${figure(disk)} GB kept`,
      item: "postgres.flexible.backup.beyond_included.gb_month",
      quantity: disk,
      unit: "GB-month",
      note: "some is included with the disk; how much is in no source of the book",
    }),
  ];
}

function kv({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const used = reads * units.read + writes * units.write;
  return [
    ask({
      category: "key-value",
      name: "Cosmos DB request units, serverless",
      because: `${figure(reads)} reads at ${units.read} and ${figure(writes)} writes at ${units.write}, of up to 1 KB`,
      item: "cosmos.serverless.ru",
      quantity: used / 1e6,
      unit: "1M request units",
    }),
    ask({
      category: "key-value",
      name: "Cosmos DB storage",
      because: `${figure(storedGiB)} GB`,
      item: "cosmos.storage.gb_month",
      quantity: storedGiB,
      unit: "GB-month",
    }),
  ];
}

function bucket({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  return [
    ask({
      category: "objects",
      name: "Blob Storage, hot, LRS",
      because: `${figure(storedGiB)} GB`,
      item: "blob.hot.lrs.gb_month",
      quantity: storedGiB,
      unit: "GB-month",
    }),
    ask({
      category: "objects",
      name: "Blob writes",
      because: `${figure(writes)} write operations`,
      item: "blob.hot.lrs.write",
      quantity: writes / 1e4,
      unit: "10K operations",
    }),
    ask({
      category: "objects",
      name: "Blob reads",
      because: `${figure(reads)} read operations`,
      item: "blob.hot.read",
      quantity: reads / 1e4,
      unit: "10K operations",
    }),
  ];
}

function cache({ resource }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const size = caches[String(resource.settings["size"])] ?? "b0";
  return [
    ask({
      category: "key-value",
      name: `Managed Redis ${size.toUpperCase()}`,
      because: `1 node x ${hoursPerMonth} h`,
      item: `managed_redis.${size}.node_hour`,
      quantity: hoursPerMonth,
      unit: "node-hour",
    }),
  ];
}

function model(load: ResourceLoad, ask: Ask, book: PriceBook, region: string): readonly PriceLine[] {
  const task = String(load.resource.settings["task"] ?? "chat");
  const wanted = String(load.resource.settings["model"] ?? models[task]);
  const item = modelItem(book, "aoai", wanted, [region]) ?? `aoai.${wanted}.global.input`;
  const line = (name: string, tokens: number, key: string) =>
    ask({
      category: "ai",
      name: `Azure OpenAI ${wanted} ${name}`,
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
