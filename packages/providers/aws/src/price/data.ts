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

/** `size` of a Postgres as an RDS class; 2, 4 and 8 GiB. */
const classes: Readonly<Record<string, string>> = { small: "t4g.small", medium: "t4g.medium", large: "m6g.large" };
const nodes: Readonly<Record<string, string>> = { small: "t4g.micro", medium: "t4g.small", large: "t4g.medium" };
const models: Readonly<Record<string, string>> = { chat: "nova-lite", embed: "titan-embed-text" };

type Pricer = (load: ResourceLoad, ask: Ask, book: PriceBook, region: string) => readonly PriceLine[];

export function dataLines(load: ResourceLoad, ask: Ask, book: PriceBook, region: string): readonly PriceLine[] {
  const name = `${load.resource.name}${load.isCopy ? " (copy)" : ""}`;
  return byType[load.resource.type](load, ask, book, region).map((line) => ({
    ...line,
    name: `${line.name}: ${name}`,
  }));
}

const byType: Readonly<Record<ResourceType, Pricer>> = { postgres, bucket, kv, cache, model, secret: () => [] };

function postgres({ resource, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const type = classes[String(resource.settings["size"])] ?? "t4g.small";
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html: at least 20 GiB
  const disk = Math.max(20, Math.ceil(storedGiB));
  return [
    ask({
      category: "database",
      name: `RDS db.${type}, one zone`,
      because: `1 x ${hoursPerMonth} h`,
      item: `rds.postgres.db.${type}.single.hour`,
      quantity: hoursPerMonth,
      unit: "hour",
    }),
    ask({
      category: "database",
      name: "RDS gp3 storage",
      because: `${figure(disk)} GB`,
      item: "rds.storage.gp3.single.gb_month",
      quantity: disk,
      unit: "GB-month",
    }),
    ask({
      category: "database",
      name: "RDS automatic backups",
      because: `${figure(disk)} GB kept`,
      item: "rds.backup.beyond_included.gb_month",
      quantity: disk,
      unit: "GB-month",
      note: "some is included with the disk; how much is in no source of the book",
    }),
  ];
}

function kv({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  return [
    ask({
      category: "key-value",
      name: "DynamoDB reads",
      because: `${figure(reads)} consistent reads of up to 4 KB`,
      item: "dynamodb.rru",
      quantity: reads / 1e6,
      unit: "1M read request units",
    }),
    ask({
      category: "key-value",
      name: "DynamoDB writes",
      because: `${figure(writes)} writes of up to 1 KB`,
      item: "dynamodb.wru",
      quantity: writes / 1e6,
      unit: "1M write request units",
    }),
    ask({
      category: "key-value",
      name: "DynamoDB storage",
      because: `${figure(storedGiB)} GB`,
      item: "dynamodb.storage.gb_month",
      quantity: storedGiB,
      unit: "GB-month",
    }),
  ];
}

function bucket({ reads, writes, storedGiB }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  return [
    ask({
      category: "objects",
      name: "S3 Standard storage",
      because: `${figure(storedGiB)} GB`,
      item: "s3.standard.gb_month",
      quantity: storedGiB,
      unit: "GB-month",
    }),
    ask({
      category: "objects",
      name: "S3 writes",
      because: `${figure(writes)} PUT, COPY, POST, LIST`,
      item: "s3.standard.put",
      quantity: writes / 1e3,
      unit: "1K requests",
    }),
    ask({
      category: "objects",
      name: "S3 reads",
      because: `${figure(reads)} GET`,
      item: "s3.standard.get",
      quantity: reads / 1e3,
      unit: "1K requests",
    }),
  ];
}

function cache({ resource }: ResourceLoad, ask: Ask): readonly PriceLine[] {
  const type = nodes[String(resource.settings["size"])] ?? "t4g.micro";
  return [
    ask({
      category: "key-value",
      name: `ElastiCache cache.${type}`,
      because: `1 node x ${hoursPerMonth} h`,
      item: `elasticache.redis.cache.${type}.hour`,
      quantity: hoursPerMonth,
      unit: "hour",
    }),
  ];
}

function model(load: ResourceLoad, ask: Ask, book: PriceBook, region: string): readonly PriceLine[] {
  const task = String(load.resource.settings["task"] ?? "chat");
  const wanted = String(load.resource.settings["model"] ?? models[task]);
  const item = modelItem(book, "bedrock", wanted, [region]) ?? `bedrock.${wanted}.input`;
  const line = (name: string, tokens: number, key: string) =>
    ask({
      category: "ai",
      name: `Bedrock ${wanted} ${name}`,
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
