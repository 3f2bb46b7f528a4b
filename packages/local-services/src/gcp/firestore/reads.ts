import { ApiFault } from "../faults.ts";
import type { Documents, Kept, View } from "./documents.ts";
import { project, readFieldPath } from "./field-paths.ts";
import type { Document, DocumentMask, Timestamp, TransactionOptions } from "./messages.ts";
import { below, fromKey, readDocumentName, readParent, toKey } from "./paths.ts";
import { compileQuery, runQuery } from "./query.ts";
import type { Transaction, Transactions } from "./transactions.ts";

/** With which consistency a request reads: now, in an open transaction, or in one that it begins. */
export interface Consistency {
  readonly transaction?: Uint8Array;
  readonly newTransaction?: TransactionOptions;
}

export interface Reading {
  readonly view: View;
  readonly transaction: Transaction | undefined;
  /** Told to the client in the first message when the request began the transaction. */
  readonly begun: { readonly transaction?: Uint8Array };
}

export function startReading(documents: Documents, transactions: Transactions, how: Consistency): Reading {
  if (how.newTransaction !== undefined) {
    const transaction = transactions.begin(how.newTransaction);
    return { view: transaction.view, transaction, begun: { transaction: transaction.id } };
  }
  if (how.transaction !== undefined && how.transaction.length > 0) {
    const transaction = transactions.demand(how.transaction);
    return { view: transaction.view, transaction, begun: {} };
  }
  return { view: documents.live, transaction: undefined, begun: {} };
}

/** A kept document as it is sent, cut down to a mask. */
export function toDocument(kept: Kept, mask?: DocumentMask): Document {
  const { name, createTime, updateTime } = kept;
  const fields = mask === undefined ? kept.fields : project(kept.fields, (mask.fieldPaths ?? []).map(readFieldPath));
  return { name, fields, createTime, updateTime };
}

export interface BatchGetRequest extends Consistency {
  readonly database?: string;
  readonly documents?: readonly string[];
  readonly mask?: DocumentMask;
}

export function batchGet(documents: Documents, reading: Reading, request: BatchGetRequest, readTime: Timestamp) {
  const names = [...new Set(request.documents ?? [])];
  const answers = names.map((name) => {
    const path = readDocumentName(name);
    reading.transaction?.readDocument(path);
    const kept = documents.get(reading.view, path);
    return kept === undefined ? { missing: name, readTime } : { found: toDocument(kept, request.mask), readTime };
  });
  const [first, ...rest] = answers;
  if (first === undefined) return [{ ...reading.begun, readTime }];
  return [{ ...reading.begun, ...first }, ...rest];
}

export interface ListDocumentsRequest extends Consistency {
  readonly parent?: string;
  readonly collectionId?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly orderBy?: string;
  readonly mask?: DocumentMask;
  readonly showMissing?: boolean;
}

const usualPage = 300;

/** https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#listdocumentsrequest */
export function listDocuments(documents: Documents, reading: Reading, request: ListDocumentsRequest) {
  const parent = readParent(request.parent);
  const collectionId = request.collectionId ?? "";
  if (collectionId === "")
    throw new ApiFault("UNIMPLEMENTED", "Listing without a collection is not served by this local cloud.");
  const size = request.pageSize === undefined || request.pageSize === 0 ? usualPage : request.pageSize;
  if (size < 0) throw new ApiFault("INVALID_ARGUMENT", "page_size is negative");
  const offset = readToken(request.pageToken);
  const all =
    request.showMissing === true
      ? withMissing(documents, reading.view, below(parent, collectionId), request)
      : ordered(documents, reading, parent, request);
  const page = all.slice(offset, offset + size);
  const next =
    offset + size < all.length ? { nextPageToken: Buffer.from(String(offset + size)).toString("base64url") } : {};
  return { documents: page, ...next };
}

function readToken(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const offset = Number(Buffer.from(token, "base64url").toString() || Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new ApiFault("INVALID_ARGUMENT", "Invalid page token.");
  return offset;
}

function ordered(documents: Documents, reading: Reading, parent: string, request: ListDocumentsRequest): Document[] {
  const orderBy = (request.orderBy ?? "").split(",").filter((each) => each.trim() !== "");
  const query = compileQuery(parent, {
    from: [{ collectionId: request.collectionId ?? "" }],
    orderBy: orderBy.map((each) => {
      const [fieldPath = "", direction = "asc"] = each.trim().split(/\s+/);
      return { field: { fieldPath }, direction: direction.toLowerCase() === "desc" ? 2 : 1 };
    }),
  });
  reading.transaction?.readQuery(query);
  return runQuery(documents, reading.view, query).documents.map((kept) => toDocument(kept, request.mask));
}

/** Also the names that have no document but something below them. */
function withMissing(documents: Documents, view: View, collection: string, request: ListDocumentsRequest): Document[] {
  if ((request.orderBy ?? "") !== "")
    throw new ApiFault("INVALID_ARGUMENT", "show_missing and order_by exclude each other.");
  const found = new Map(
    [...documents.scan(view, collection)].map((kept) => [toKey(kept.path.id), toDocument(kept, request.mask)]),
  );
  for (const deeper of nonEmpty(view, `${collection}/`)) {
    const id = deeper.slice(collection.length + 1).split("/")[0] ?? "";
    const key = toKey(id);
    if (!found.has(key)) found.set(key, { name: `${request.parent}/${request.collectionId}/${fromKey(key)}` });
  }
  const entries = [...found].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return entries.map(([, document]) => document);
}

export function nonEmpty(view: View, below: string): readonly string[] {
  return view.collections(below).filter((collection) => {
    for (const _any of view.scan(collection)) return true;
    return false;
  });
}
