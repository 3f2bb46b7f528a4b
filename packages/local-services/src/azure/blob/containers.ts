import type { AzureResponse } from "../wire/response.ts";
import { toXml, type XmlNode } from "../wire/xml.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, writeRefusal } from "./conditions.ts";
import { type Container, dropContainer, findContainer, keepContainer, makeContainer } from "./container-store.ts";
import { blobFailure } from "./errors.ts";
import { dropLeases, leaseFacts, leaseOf, leaseRefusal } from "./lease.ts";
import { pageSize } from "./list-page.ts";
import { metadataOf } from "./properties.ts";
import { blockSpace, committedSpace, demandContainer } from "./target.ts";

export function createContainer(call: BlobCall): AzureResponse {
  const { request, store, container } = call;
  if (request.header("x-ms-blob-public-access") !== undefined) throw blobFailure("PublicAccessNotPermitted");
  checkContainerName(container);
  if (!makeContainer(store, container, metadataOf(request), request.now)) throw blobFailure("ContainerAlreadyExists");
  return { status: 201, headers: changed(demandContainer(call)) };
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
function checkContainerName(name: string): void {
  if (["$root", "$logs", "$web"].includes(name)) return;
  if (name.length < 3 || name.length > 63) throw blobFailure("OutOfRangeInput");
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw blobFailure("InvalidResourceName");
}

export function getContainerProperties(call: BlobCall): AzureResponse {
  const found = demandContainer(call);
  checkLease(call, false);
  const meta = Object.entries(found.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value] as const);
  return {
    status: 200,
    headers: {
      ...changed(found),
      ...Object.fromEntries(meta),
      ...leaseFacts(leaseOf(call.store, call.container, ""), call.request.now),
      "x-ms-has-immutability-policy": "false",
      "x-ms-has-legal-hold": "false",
      "x-ms-immutable-storage-with-versioning-enabled": "false",
      "x-ms-default-encryption-scope": "$account-encryption-key",
      "x-ms-deny-encryption-scope-override": "false",
    },
  };
}

export function setContainerMetadata(call: BlobCall): AzureResponse {
  const { store, container, request } = call;
  return store.records.transaction(() => {
    changing(call);
    keepContainer(store, container, metadataOf(request), request.now);
    return { status: 200, headers: changed(demandContainer(call)) };
  });
}

/** There is no public access and no stored access policy to show. */
export function getContainerAcl(call: BlobCall): AzureResponse {
  const found = demandContainer(call);
  checkLease(call, false);
  const headers = { ...changed(found), "content-type": "application/xml" };
  return { status: 200, headers, body: toXml(["SignedIdentifiers", []]) };
}

/** With all that is in it, at once: its name can be used again directly, where the real service takes half a minute. */
export function deleteContainer(call: BlobCall): AzureResponse {
  const { store, container } = call;
  store.records.transaction(() => {
    changing(call);
    for (const key of everyKey(call)) store.objects.remove(container, key);
    for (const record of store.records.list(blockSpace(container), { limit: 1e9 })) {
      store.objects.discard([(JSON.parse(Buffer.from(record.value).toString()) as { id: string }).id]);
      store.records.remove(blockSpace(container), record.key);
    }
    for (const { key } of store.records.list(committedSpace(container), { limit: 1e9 })) {
      store.records.remove(committedSpace(container), key);
    }
    dropLeases(store, container);
    dropContainer(store, container);
  });
  return { status: 202 };
}

function everyKey({ store, container }: BlobCall): readonly string[] {
  const keys: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = store.objects.list(container, { limit: 1000, ...(after === undefined ? {} : { after }) });
    keys.push(...page.objects.map((object) => object.key));
    if (page.next === undefined) return keys;
    after = page.next;
  }
}

/** The container may be changed: it is there, and neither lease nor conditions forbid it. */
function changing(call: BlobCall): Container {
  const found = demandContainer(call);
  checkLease(call, true);
  const refusal = writeRefusal(conditionsOf(call.request.header), found, false);
  if (refusal !== undefined) throw refusal;
  return found;
}

function checkLease({ store, container, request }: BlobCall, writes: boolean): void {
  const how = { now: request.now, writes, what: "Container" } as const;
  const refusal = leaseRefusal(leaseOf(store, container, ""), request.header("x-ms-lease-id"), how);
  if (refusal !== undefined) throw refusal;
}

const changed = (found: Container): Record<string, string> => ({
  etag: found.etag,
  "last-modified": new Date(found.modifiedAt).toUTCString(),
});

export function listContainers(call: BlobCall): AzureResponse {
  const { request, store } = call;
  const q = (name: string) => request.query.get(name);
  const limit = pageSize(q("maxresults"));
  const withMetadata = (q("include") ?? "").split(",").includes("metadata");
  const prefix = q("prefix") ?? "";
  const marker = q("marker") ?? "";
  const names = store.objects.buckets().map((bucket) => bucket.name);
  const found = names.filter((name) => name.startsWith(prefix) && name >= marker).sort();
  const page = found.slice(0, limit).map((name) => entry(call, name, withMetadata));
  const root: XmlNode = [
    "EnumerationResults",
    [
      ["Prefix", prefix],
      ...(marker === "" ? [] : [["Marker", marker] as const]),
      ...(q("maxresults") === undefined ? [] : [["MaxResults", limit] as const]),
      ["Containers", page],
      ["NextMarker", found[limit] ?? ""],
    ],
    { ServiceEndpoint: `${call.accountUrl()}/` },
  ];
  return { status: 200, headers: { "content-type": "application/xml" }, body: toXml(root) };
}

function entry({ store, request }: BlobCall, name: string, withMetadata: boolean): XmlNode {
  const found = findContainer(store, name);
  const lease = leaseFacts(leaseOf(store, name, ""), request.now);
  const metadata = Object.entries(found?.metadata ?? {});
  return [
    "Container",
    [
      ["Name", name],
      [
        "Properties",
        [
          ["Last-Modified", new Date(found?.modifiedAt ?? 0).toUTCString()],
          ["Etag", found?.etag ?? ""],
          ["LeaseStatus", lease["x-ms-lease-status"] ?? ""],
          ["LeaseState", lease["x-ms-lease-state"] ?? ""],
          ["DefaultEncryptionScope", "$account-encryption-key"],
          ["DenyEncryptionScopeOverride", false],
          ["HasImmutabilityPolicy", false],
          ["HasLegalHold", false],
        ],
      ],
      ...(withMetadata ? [["Metadata", metadata] as const] : []),
    ],
  ];
}
