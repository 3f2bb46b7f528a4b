export type Attributes = Readonly<Record<string, string>>;

export interface Offer {
  /** Of its price file: "AmazonECS". */
  readonly code: string;
  isMeant(product: Attributes, region: string): boolean;
}

/** Usage types begin with a region's letters (USW2-), except in us-east-1, where many have none. */
const usage = (name: string) => {
  const pattern = new RegExp(`^([A-Z]{2,4}\\d?-)?${name.replaceAll(".", "\\.")}$`);
  return (p: Attributes) => pattern.test(p["usagetype"] ?? "");
};

const offers: Readonly<Record<string, readonly [code: string, isMeant: Offer["isMeant"]]>> = {
  "fargate.vcpu_hour": ["AmazonECS", usage("Fargate-vCPU-Hours:perCPU")],
  "fargate.gb_hour": ["AmazonECS", usage("Fargate-GB-Hours")],
  "rds.storage.gp3.single.gb_month": ["AmazonRDS", (p) => usage("RDS:GP3-Storage")(p) && isPostgres(p)],
  "dynamodb.rru": ["AmazonDynamoDB", usage("ReadRequestUnits")],
  "dynamodb.wru": ["AmazonDynamoDB", usage("WriteRequestUnits")],
  "dynamodb.storage.gb_month": ["AmazonDynamoDB", usage("TimedStorage-ByteHrs")],
  "s3.standard.gb_month": ["AmazonS3", usage("TimedStorage-ByteHrs")],
  "s3.standard.put": ["AmazonS3", usage("Requests-Tier1")],
  "s3.standard.get": ["AmazonS3", usage("Requests-Tier2")],
  "alb.hour": ["AWSELB", (p) => usage("LoadBalancerUsage")(p) && isApplication(p)],
  "alb.lcu_hour": ["AWSELB", (p) => usage("LCUUsage")(p) && isApplication(p)],
  "egress.internet.gb": ["AWSDataTransfer", (p, region) => p["transferType"] === "AWS Outbound" && isFrom(p, region)],
  "cloudfront.egress.us.gb": ["AmazonCloudFront", usage("US-DataTransfer-Out-Bytes")],
  "cloudfront.requests.https.us": ["AmazonCloudFront", usage("US-Requests-Tier2-HTTPS")],
  "cloudwatch.logs.ingest_gb": ["AmazonCloudWatch", usage("DataProcessing-Bytes")],
  "cloudwatch.logs.storage_gb_month": ["AmazonCloudWatch", usage("TimedStorage-ByteHrs")],
  "cloudwatch.alarm.month": ["AmazonCloudWatch", usage("CW:AlarmMonitorUsage")],
};

const isPostgres = (p: Attributes) => ["PostgreSQL", "Any"].includes(p["databaseEngine"] ?? "") && isSingle(p);
const isSingle = (p: Attributes) => p["deploymentOption"] === "Single-AZ";
const isApplication = (p: Attributes) => p["productFamily"] === "Load Balancer-Application";
const isFrom = (p: Attributes, region: string) => p["fromRegionCode"] === region;

/** The price file that has an item, and which of its products the item is. Undefined for what only people can find there. */
export function offerOf(item: string): Offer | undefined {
  const fixed = offers[item];
  if (fixed !== undefined) return { code: fixed[0], isMeant: fixed[1] };
  const database = /^rds\.postgres\.(db\..+)\.single\.hour$/.exec(item)?.[1];
  if (database !== undefined) {
    const isInstance = (p: Attributes) => usage(`InstanceUsage:${database}`)(p);
    return { code: "AmazonRDS", isMeant: (p) => isInstance(p) && p["databaseEngine"] === "PostgreSQL" && isSingle(p) };
  }
  const node = /^elasticache\.redis\.(cache\..+)\.hour$/.exec(item)?.[1];
  if (node === undefined) return undefined;
  return { code: "AmazonElastiCache", isMeant: (p) => usage(`NodeUsage:${node}`)(p) && p["cacheEngine"] === "Redis" };
}
