import { createHash } from "node:crypto";
import type { StagedBody, StoredObject } from "../../core/types.ts";
import { readBody } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { fromXml, invalidXml, toXml, type XmlNode } from "../wire/xml.ts";
import type { BlobCall } from "./call.ts";
import { conditionsOf, judged, readRefusal } from "./conditions.ts";
import { blobFailure, invalidQuery } from "./errors.ts";
import { leaseOf, leaseRefusal } from "./lease.ts";
import {
  blockKey,
  type CommittedBlock,
  committedBlocks,
  type PendingBlock,
  pendingBlocks,
  placeBlob,
  readBlock,
} from "./place.ts";
import { blobHeaders, etagOf, metadataOf, written } from "./properties.ts";
import { lockOf, tierOf } from "./put-blob.ts";
import { blockSpace, checkReadLease, demandContainer } from "./target.ts";
import { holding, rangeOf, takeBody } from "./upload.ts";

/** https://learn.microsoft.com/rest/api/storageservices/put-block#remarks */
const MAX_BLOCK_BYTES = 4000 * 1024 * 1024;
const MAX_BLOCKS = 50_000;

/** Put Block. https://learn.microsoft.com/rest/api/storageservices/put-block */
export async function putBlock(call: BlobCall): Promise<AzureResponse> {
  const blockId = blockIdOf(call);
  checkBlockTarget(call, blockId);
  const { body, crc } = await takeBody(call, { maxBytes: MAX_BLOCK_BYTES, ephemeral: false });
  await keepBlock(call, blockId, body);
  const md5 = crc === undefined ? Buffer.from(body.md5).toString("base64") : undefined;
  return {
    status: 201,
    headers: { "content-md5": md5, "x-ms-content-crc64": crc, "x-ms-request-server-encrypted": "true" },
  };
}

export function blockIdOf({ request }: BlobCall): string {
  const id = request.query.get("blockid");
  if (id === undefined)
    throw blobFailure("MissingRequiredQueryParameter", { details: { QueryParameterName: "blockid" } });
  const bytes = Buffer.from(id, "base64");
  if (bytes.length === 0 || bytes.length > 64 || bytes.toString("base64") !== id) throw invalidQuery("blockid", id);
  return id;
}

/** The ids of all blocks of a blob have one length. */
export function checkBlockTarget(call: BlobCall, blockId: string): void {
  const { store, container, blob, request } = call;
  demandContainer(call);
  const how = { now: request.now, writes: true, what: "Blob" } as const;
  const refusal = leaseRefusal(leaseOf(store, container, blob), request.header("x-ms-lease-id"), how);
  if (refusal !== undefined) throw refusal;
  const [first] = store.records.list(blockSpace(container), { prefix: blockKey(blob, ""), limit: 1 });
  const other = first === undefined ? undefined : first.key.slice(blockKey(blob, "").length);
  if (other !== undefined && other.length !== blockId.length) throw blobFailure("InvalidBlobOrBlock");
}

/** From here on the block survives a restart. */
export async function keepBlock(call: BlobCall, blockId: string, body: StagedBody): Promise<void> {
  const { store, container, blob, locks, request } = call;
  const key = blockKey(blob, blockId);
  await holding(store, body, () =>
    locks.run(lockOf(call), async () =>
      store.records.transaction(() => {
        demandContainer(call);
        const before = store.records.get(blockSpace(container), key);
        if (before !== undefined) store.objects.discard([readBlock(before).staged]);
        store.records.put(
          blockSpace(container),
          key,
          JSON.stringify({ id: body.id, size: body.size, at: request.now }),
        );
      }),
    ),
  );
}

type Source = PendingBlock | { readonly from: number; readonly size: number; readonly blockId: string };

/** Put Block List. https://learn.microsoft.com/rest/api/storageservices/put-block-list */
export async function putBlockList(call: BlobCall): Promise<AzureResponse> {
  const { request, store, locks } = call;
  const xml = await readBody(request.raw, 16 * 1024 * 1024);
  checkMd5(call, xml);
  const entries = fromXml(xml.toString(), "BlockList").children;
  if (entries.some(({ name }) => !["Committed", "Uncommitted", "Latest"].includes(name))) throw invalidXml();
  if (entries.length > MAX_BLOCKS) throw blobFailure("BlockCountExceedsLimit");
  demandContainer(call);
  const md5 = request.header("x-ms-blob-content-md5");
  const tier = tierOf(call);
  const meta = {
    ...blobHeaders(request, false),
    metadata: metadataOf(request),
    extra: { ...(md5 === undefined ? {} : { md5 }), ...(tier === undefined ? {} : { tier }) },
  };
  const object = await locks.run(lockOf(call), async () => {
    const now = store.objects.head(call.container, call.blob);
    const sources = resolve(call, now, entries);
    const body = await assemble(call, now, sources);
    const blocks = sources.map(({ blockId, size }) => [blockId, size] as const);
    return placeBlob(call, body, meta, blocks);
  });
  const md5OfList = createHash("md5").update(xml).digest("base64");
  return { status: 201, headers: { ...written(object), "content-md5": md5OfList } };
}

function checkMd5(call: BlobCall, xml: Uint8Array): void {
  const given = call.request.header("content-md5");
  if (given !== undefined && createHash("md5").update(xml).digest("base64") !== given) throw blobFailure("Md5Mismatch");
}

/** Finds each named block. Throws `AzureFailure` InvalidBlockList. */
function resolve(
  call: BlobCall,
  now: StoredObject | undefined,
  entries: readonly { readonly name: string; readonly text: string }[],
): readonly Source[] {
  const pending = new Map(pendingBlocks(call).map((block) => [block.blockId, block]));
  const committed = new Map<string, Source>();
  let from = 0;
  for (const [blockId, size] of now === undefined ? [] : committedBlocks(call)) {
    committed.set(blockId, { from, size, blockId });
    from += size;
  }
  return entries.map(({ name, text: id }) => {
    const found =
      name === "Committed"
        ? committed.get(id)
        : (pending.get(id) ?? (name === "Latest" ? committed.get(id) : undefined));
    if (found === undefined) throw blobFailure("InvalidBlockList");
    return found;
  });
}

/** One body of all sources. Neighbours in the present blob are taken in one piece. */
async function assemble(
  call: BlobCall,
  now: StoredObject | undefined,
  sources: readonly Source[],
): Promise<StagedBody> {
  const { objects } = call.store;
  const parts: StagedBody[] = [];
  const temporary: string[] = [];
  try {
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      if ("staged" in source) {
        const staged = objects.staged(source.staged);
        if (staged === undefined) throw blobFailure("InvalidBlockList");
        parts.push(staged);
        continue;
      }
      let to = source.from + source.size;
      for (let next = sources[i + 1]; next !== undefined && "from" in next && next.from === to; next = sources[i + 1]) {
        to += next.size;
        i++;
      }
      const piece = await rangeOf(call, now!, source.from, to);
      temporary.push(piece.id);
      parts.push(piece);
    }
    return await objects.join(parts, { ephemeral: true });
  } finally {
    objects.discard(temporary);
  }
}

/** Get Block List. https://learn.microsoft.com/rest/api/storageservices/get-block-list */
export function getBlockList(call: BlobCall): AzureResponse {
  const { store, container, blob, request } = call;
  demandContainer(call);
  checkReadLease(call);
  const type = (request.query.get("blocklisttype") ?? "committed").toLowerCase();
  if (!["committed", "uncommitted", "all"].includes(type)) throw invalidQuery("blocklisttype", type);
  const object = store.objects.head(container, blob);
  const pending = pendingBlocks(call);
  if (object === undefined && pending.length === 0) throw blobFailure("BlobNotFound");
  const refusal = object === undefined ? undefined : readRefusal(conditionsOf(request.header), judged(object)!);
  if (refusal !== undefined) throw refusal;
  const lists: XmlNode[] = [];
  if (type !== "uncommitted") lists.push(["CommittedBlocks", committedBlocks(call).map(blockElement)]);
  if (type !== "committed") {
    lists.push(["UncommittedBlocks", pending.map(({ blockId, size }) => blockElement([blockId, size]))]);
  }
  const about =
    object === undefined ? {} : { etag: etagOf(object), "last-modified": new Date(object.modifiedAt).toUTCString() };
  const headers = {
    ...about,
    "content-type": "application/xml",
    "x-ms-blob-content-length": String(object?.size ?? 0),
  };
  return { status: 200, headers, body: toXml(["BlockList", lists]) };
}

const blockElement = ([id, size]: CommittedBlock): XmlNode => [
  "Block",
  [
    ["Name", id],
    ["Size", size],
  ],
];
