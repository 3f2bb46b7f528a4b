import { ACCOUNT_ID } from "../../account.ts";
import { childText, parseXml } from "../../xml.ts";
import { receiveSmall } from "../body.ts";
import { demandBucket, isoTime, type S3Call, sendEmpty, sendXml, wholeNumber } from "../call.ts";
import { S3Error } from "../errors.ts";

const DEFAULT_REGION = "us-east-1";

export const OWNER = { ID: ACCOUNT_ID.padStart(64, "0"), DisplayName: "local" } as const;

export function listBuckets(call: S3Call): void {
  const prefix = call.query.get("prefix") ?? "";
  const after = decodeToken(call.query.get("continuation-token"));
  const limit = wholeNumber(call, "max-buckets", { otherwise: 10_000, min: 1, max: 10_000 });
  const wanted = call.context.store.objects.buckets().filter(({ name }) => name.startsWith(prefix) && name > after);
  const page = wanted.slice(0, limit);
  sendXml(call, "ListAllMyBucketsResult", {
    Owner: OWNER,
    Buckets: {
      Bucket: page.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: isoTime(createdAt),
        BucketRegion: call.context.region,
      })),
    },
    ContinuationToken: page.length < wanted.length ? encodeToken(page.at(-1)!.name) : undefined,
    Prefix: prefix === "" ? undefined : prefix,
  });
}

export async function createBucket(call: S3Call): Promise<void> {
  const text = (await receiveSmall(call)).toString("utf8");
  const { region, store, now } = call.context;
  if (!isBucketName(call.bucket)) throw new S3Error("InvalidBucketName", undefined, { BucketName: call.bucket });
  if (text.trim() !== "") {
    const document = parseXml(text, "CreateBucketConfiguration");
    if (document === undefined) throw new S3Error("MalformedXML");
    const wanted = childText(document, "LocationConstraint");
    if (wanted !== undefined && wanted !== region) throw new S3Error("InvalidLocationConstraint");
    const foreign = Object.keys(document.children).find((name) => name !== "LocationConstraint");
    if (foreign !== undefined) throw new S3Error("NotImplemented", undefined, { Element: foreign });
  }
  const isNew = store.objects.createBucket(call.bucket, now());
  // In its oldest region S3 answers a second creation by the owner with success.
  if (!isNew && region !== DEFAULT_REGION) {
    throw new S3Error("BucketAlreadyOwnedByYou", undefined, { BucketName: call.bucket });
  }
  sendEmpty(call, 200, { location: `/${call.bucket}` });
}

export function headBucket(call: S3Call): void {
  demandBucket(call);
  sendEmpty(call, 200, { "x-amz-bucket-region": call.context.region, "content-type": "application/xml" });
}

export function deleteBucket(call: S3Call): void {
  demandBucket(call);
  const outcome = call.context.store.objects.removeBucket(call.bucket);
  if (outcome === "not_empty") throw new S3Error("BucketNotEmpty", undefined, { BucketName: call.bucket });
  sendEmpty(call, 204);
}

export function getBucketLocation(call: S3Call): void {
  demandBucket(call);
  const { region } = call.context;
  // The document is one element whose text is the region.
  const text = region === DEFAULT_REGION ? "" : region;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
  call.response.writeHead(200, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) });
  call.response.end(body);
}

export function getBucketVersioning(call: S3Call): void {
  demandBucket(call);
  sendXml(call, "VersioningConfiguration", {});
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
}

export function encodeToken(after: string): string {
  return Buffer.from(after, "utf8").toString("base64url");
}

export function decodeToken(token: string | null): string {
  return token === null ? "" : Buffer.from(token, "base64url").toString("utf8");
}
