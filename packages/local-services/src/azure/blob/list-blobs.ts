import type { StoredObject } from "../../core/types.ts";
import { notImplemented } from "../wire/failure.ts";
import type { AzureResponse } from "../wire/response.ts";
import { toXml, type XmlNode } from "../wire/xml.ts";
import type { BlobCall } from "./call.ts";
import { invalidQuery } from "./errors.ts";
import { leaseFacts, leaseOf } from "./lease.ts";
import { pageSize } from "./list-page.ts";
import { etagOf, extraOf } from "./properties.ts";
import { demandContainer } from "./target.ts";

const datasets = new Set([
  "snapshots",
  "metadata",
  "copy",
  "deleted",
  "tags",
  "versions",
  "deletedwithversions",
  "immutabilitypolicy",
  "legalhold",
  "permissions",
]);

/**
 * List Blobs, flat or by delimiter. Includes that ask for what never exists here (snapshots, versions, tags, ...) add nothing.
 * https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function listBlobs(call: BlobCall): AzureResponse {
  const { request, store, container } = call;
  demandContainer(call);
  const q = (name: string) => request.query.get(name) ?? "";
  const include = q("include")
    .split(",")
    .filter((part) => part !== "");
  if (include.includes("uncommittedblobs")) throw notImplemented("Listing uncommitted blobs is not implemented.");
  const unknown = include.find((part) => !datasets.has(part));
  if (unknown !== undefined) throw invalidQuery("include", unknown);
  const limit = pageSize(request.query.get("maxresults"));
  const page = store.objects.list(container, {
    limit,
    ...(q("prefix") === "" ? {} : { prefix: q("prefix") }),
    ...(q("delimiter") === "" ? {} : { delimiter: q("delimiter") }),
    ...(q("startfrom") === "" ? {} : { from: q("startfrom") }),
    ...(q("marker") === "" ? {} : { after: fromMarker(q("marker")) }),
  });
  const root: XmlNode = [
    "EnumerationResults",
    [
      ...["prefix", "marker", "maxresults", "delimiter"].flatMap((name) => echo(name, q(name))),
      ["Blobs", merged(call, page, include)],
      ["NextMarker", page.next === undefined ? "" : toMarker(page.next)],
    ],
    { ServiceEndpoint: `${call.accountUrl()}/`, ContainerName: container },
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: toXml(root) };
}

const elementNames: Readonly<Record<string, string>> = {
  prefix: "Prefix",
  marker: "Marker",
  maxresults: "MaxResults",
  delimiter: "Delimiter",
};
const echo = (name: string, value: string): readonly XmlNode[] =>
  value === "" ? [] : [[elementNames[name] ?? name, value]];

/** Blobs and prefixes in the one order of their names. */
function merged(
  call: BlobCall,
  page: { readonly objects: readonly StoredObject[]; readonly prefixes: readonly string[] },
  include: readonly string[],
): readonly XmlNode[] {
  const blobs = page.objects.map((object) => [Buffer.from(object.key), blobElement(call, object, include)] as const);
  const prefixes = page.prefixes.map((prefix) => [Buffer.from(prefix), prefixElement(prefix)] as const);
  return [...blobs, ...prefixes].sort(([a], [b]) => Buffer.compare(a, b)).map(([, node]) => node);
}

const prefixElement = (prefix: string): XmlNode => ["BlobPrefix", [nameElement(prefix)]];

/** A name that XML 1.0 cannot hold is percent-encoded and says so. */
function nameElement(name: string): XmlNode {
  const isPlain = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(name);
  return isPlain ? ["Name", name] : ["Name", encodeURIComponent(name), { Encoded: "true" }];
}

function blobElement({ store, request }: BlobCall, object: StoredObject, include: readonly string[]): XmlNode {
  const extra = extraOf(object);
  const lease = leaseFacts(leaseOf(store, object.bucket, object.key), request.now);
  const header = (name: string) => object.headers[name] ?? "";
  const properties: readonly XmlNode[] = [
    ["Creation-Time", new Date(object.createdAt).toUTCString()],
    ["Last-Modified", new Date(object.modifiedAt).toUTCString()],
    ["Etag", etagOf(object).slice(1, -1)],
    ["Content-Length", object.size],
    ["Content-Type", object.contentType],
    ["Content-Encoding", header("content-encoding")],
    ["Content-Language", header("content-language")],
    ["Content-MD5", extra.md5 ?? ""],
    ["Cache-Control", header("cache-control")],
    ["Content-Disposition", header("content-disposition")],
    ["BlobType", "BlockBlob"],
    ["AccessTier", extra.tier ?? "Hot"],
    ...(extra.tier === undefined ? [["AccessTierInferred", true] as const] : []),
    ["LeaseStatus", lease["x-ms-lease-status"] ?? ""],
    ["LeaseState", lease["x-ms-lease-state"] ?? ""],
    ...(lease["x-ms-lease-duration"] === undefined ? [] : [["LeaseDuration", lease["x-ms-lease-duration"]] as const]),
    ...(include.includes("copy") ? copyElements(object) : []),
    ["ServerEncrypted", true],
  ];
  const metadata = include.includes("metadata") ? [["Metadata", Object.entries(object.metadata)] as const] : [];
  return ["Blob", [nameElement(object.key), ["Properties", properties], ...metadata, ["OrMetadata", ""]]];
}

function copyElements(object: StoredObject): readonly XmlNode[] {
  const extra = extraOf(object);
  if (extra.copyId === undefined) return [];
  return [
    ["CopyId", extra.copyId],
    ["CopyStatus", "success"],
    ["CopySource", extra.copySource ?? ""],
    ["CopyProgress", `${object.size}/${object.size}`],
    ["CopyCompletionTime", new Date(Number(extra.copiedAt)).toUTCString()],
  ];
}

const toMarker = (key: string): string => `2!${key.length}!${Buffer.from(key).toString("base64url")}`;

function fromMarker(marker: string): string {
  const [, encoded] = /^2!\d+!([A-Za-z0-9_-]+)$/.exec(marker) ?? [];
  if (encoded === undefined) throw invalidQuery("marker", marker);
  return Buffer.from(encoded, "base64url").toString();
}
