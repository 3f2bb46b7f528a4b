import type { LocalService, ProtocolContext } from "../../core/types.ts";
import { ApiFault, grpcCode } from "../faults.ts";
import { type RpcMethod, type RpcService, readSchema, registerRpc, streaming, unary } from "../grpc.ts";
import { makeIds } from "../ids.ts";
import type { Tokens } from "../tokens.ts";
import { aggregate } from "./aggregate.ts";
import { type Commit, makeCommits } from "./commits.ts";
import { type Documents, makeDocuments } from "./documents.ts";
import { makeExpiry } from "./expiry.ts";
import { makeHistory } from "./history.ts";
import type {
  Aggregation,
  Document,
  DocumentMask,
  Precondition,
  StructuredQuery,
  TransactionOptions,
  Write,
} from "./messages.ts";
import { below, demandDatabase, demandId, documentName, readDocumentName, readParent } from "./paths.ts";
import { compileQuery, runQuery } from "./query.ts";
import {
  type BatchGetRequest,
  batchGet,
  type Consistency,
  type ListDocumentsRequest,
  listDocuments,
  nonEmpty,
  startReading,
  toDocument,
} from "./reads.ts";
import { firestoreSchema } from "./schema.ts";
import { makeTimes, type Times, toTimestamp } from "./times.ts";
import { makeTransactions, type Transactions } from "./transactions.ts";
import { targetOf } from "./writes.ts";

export interface FirestoreService extends LocalService {
  readonly rpc: RpcService;
  /** Documents of this collection go when the time in their field is past. */
  expire(collection: string, field: string): void;
}

interface Parts {
  readonly documents: Documents;
  readonly transactions: Transactions;
  readonly times: Times;
  readonly commit: Commit;
  readonly nextId: () => string;
}

/** Firestore in native mode: one database, "(default)". https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1 */
export function makeFirestore(context: ProtocolContext, tokens: Tokens): FirestoreService {
  const { store, rootKey, now } = context;
  const { records } = store;
  const schema = readSchema(firestoreSchema);
  const documents = makeDocuments(records, schema);
  const history = makeHistory(documents.live);
  const nextId = makeIds(rootKey, records, "firestore");
  const transactions = makeTransactions(documents, history, now, nextId);
  const times = makeTimes(records, now);
  const commit = makeCommits(records, documents, history, times, transactions.areOpen);
  const parts = { documents, transactions, times, commit, nextId };
  const methods = [...readMethods(parts), ...writeMethods(parts), ...documentMethods(parts)];
  const rpc: RpcService = { package: "google.firestore.v1", name: "Firestore", schema, methods };
  const expiry = makeExpiry(records, documents, commit, now);
  return {
    name: "firestore",
    transport: "grpc",
    rpc,
    register: (server) => registerRpc(server, rpc, tokens),
    expire: expiry.watch,
    close: async () => expiry.stop(),
  };
}

interface RunQueryRequest extends Consistency {
  readonly parent?: string;
  readonly structuredQuery?: StructuredQuery;
}

interface RunAggregationRequest extends Consistency {
  readonly parent?: string;
  readonly structuredAggregationQuery?: {
    readonly structuredQuery?: StructuredQuery;
    readonly aggregations?: readonly Aggregation[];
  };
}

function readMethods({ documents, transactions, times }: Parts): readonly RpcMethod[] {
  const readTime = () => toTimestamp(times.read());
  const start = (how: Consistency) => startReading(documents, transactions, how);
  return [
    streaming("BatchGetDocuments", "BatchGetDocumentsRequest", "BatchGetDocumentsResponse", (q: BatchGetRequest) => {
      demandDatabase(q.database);
      return batchGet(documents, start(q), q, readTime());
    }),
    streaming("RunQuery", "RunQueryRequest", "RunQueryResponse", (q: RunQueryRequest) => {
      const query = compileQuery(readParent(q.parent), q.structuredQuery);
      const reading = start(q);
      reading.transaction?.readQuery(query);
      const result = runQuery(documents, reading.view, query);
      const mask = query.select === undefined ? undefined : { fieldPaths: selected(q.structuredQuery) };
      const at = { readTime: readTime() };
      const answers = result.documents.map((kept) => ({ document: toDocument(kept, mask), ...at }));
      const [first, ...rest] = answers.length === 0 ? [at] : answers;
      const passed = result.skipped === 0 ? {} : { skippedResults: result.skipped };
      return [{ ...reading.begun, ...passed, ...first }, ...rest];
    }),
    streaming(
      "RunAggregationQuery",
      "RunAggregationQueryRequest",
      "RunAggregationQueryResponse",
      (q: RunAggregationRequest) => {
        const { structuredQuery, aggregations = [] } = q.structuredAggregationQuery ?? {};
        const query = compileQuery(readParent(q.parent), structuredQuery);
        const reading = start(q);
        reading.transaction?.readQuery(query);
        const found = runQuery(documents, reading.view, query).documents;
        const result = { aggregateFields: aggregate(found, aggregations) };
        return [{ ...reading.begun, result, readTime: readTime() }];
      },
    ),
    unary("ListDocuments", "ListDocumentsRequest", "ListDocumentsResponse", (q: ListDocumentsRequest) =>
      listDocuments(documents, start(q), q),
    ),
    unary("ListCollectionIds", "ListCollectionIdsRequest", "ListCollectionIdsResponse", (q: ListIdsRequest) => {
      const parent = readParent(q.parent);
      return pageOfIds(nonEmpty(documents.live, parent === "" ? "" : `${parent}/`), parent, q);
    }),
  ];
}

function selected(query: StructuredQuery | undefined): readonly string[] {
  return (query?.select?.fields ?? []).map(({ fieldPath = "" }) => fieldPath).filter((path) => path !== "__name__");
}

interface ListIdsRequest {
  readonly parent?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

function pageOfIds(collections: readonly string[], parent: string, q: ListIdsRequest) {
  const skip = parent === "" ? 0 : parent.length + 1;
  const ids = [...new Set(collections.map((collection) => collection.slice(skip).split("/")[0] ?? ""))];
  const after = Buffer.from(q.pageToken ?? "", "base64url").toString();
  const rest = ids.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).filter((id) => id > after);
  const size = q.pageSize === undefined || q.pageSize <= 0 ? rest.length : q.pageSize;
  const page = rest.slice(0, size);
  const next = rest.length > size ? { nextPageToken: Buffer.from(page.at(-1) ?? "").toString("base64url") } : {};
  return { collectionIds: page, ...next };
}

interface WritesRequest {
  readonly database?: string;
  readonly writes?: readonly Write[];
  readonly transaction?: Uint8Array;
}

function writeMethods({ transactions, commit, times }: Parts): readonly RpcMethod[] {
  return [
    unary(
      "BeginTransaction",
      "BeginTransactionRequest",
      "BeginTransactionResponse",
      (q: { database?: string; options?: TransactionOptions }) => {
        demandDatabase(q.database);
        return { transaction: transactions.begin(q.options).id };
      },
    ),
    unary("Commit", "CommitRequest", "CommitResponse", (q: WritesRequest) => {
      demandDatabase(q.database);
      const writes = q.writes ?? [];
      if (q.transaction !== undefined && q.transaction.length > 0)
        transactions.finish(q.transaction, writes.length > 0);
      return writes.length === 0 ? { commitTime: toTimestamp(times.read()) } : commit(writes);
    }),
    unary("Rollback", "RollbackRequest", "Empty", (q: WritesRequest) => {
      demandDatabase(q.database);
      transactions.rollback(q.transaction ?? new Uint8Array());
      return {};
    }),
    unary("BatchWrite", "BatchWriteRequest", "BatchWriteResponse", (q: WritesRequest) => {
      demandDatabase(q.database);
      const writes = q.writes ?? [];
      const names = new Set(writes.map((write) => documentName(targetOf(write))));
      if (names.size < writes.length)
        throw new ApiFault("INVALID_ARGUMENT", "BatchWrite writes a document more than once.");
      const outcomes = writes.map((write) => attempt(commit, write));
      return { writeResults: outcomes.map(({ result }) => result), status: outcomes.map(({ status }) => status) };
    }),
  ];
}

function attempt(commit: Commit, write: Write) {
  try {
    return { result: commit([write]).writeResults[0] ?? {}, status: {} };
  } catch (e) {
    if (!(e instanceof ApiFault)) throw e;
    return { result: {}, status: { code: grpcCode(e.code), message: e.message } };
  }
}

interface DocumentRequest extends Consistency {
  readonly name?: string;
  readonly parent?: string;
  readonly collectionId?: string;
  readonly documentId?: string;
  readonly document?: Partial<Document>;
  readonly mask?: DocumentMask;
  readonly updateMask?: DocumentMask;
  readonly currentDocument?: Precondition;
}

/** Calls on one document; the writing ones are commits of one write. */
function documentMethods({ documents, transactions, commit, nextId }: Parts): readonly RpcMethod[] {
  const read = (name: string, how: Consistency, mask: DocumentMask | undefined) => {
    const path = readDocumentName(name);
    const reading = startReading(documents, transactions, how);
    reading.transaction?.readDocument(path);
    const kept = documents.get(reading.view, path);
    if (kept === undefined) throw new ApiFault("NOT_FOUND", `Document "${name}" not found.`);
    return toDocument(kept, mask);
  };
  const guard = (currentDocument: Precondition | undefined) =>
    currentDocument === undefined ? {} : { currentDocument };
  return [
    unary("GetDocument", "GetDocumentRequest", "Document", (q: DocumentRequest) => read(q.name ?? "", q, q.mask)),
    unary("CreateDocument", "CreateDocumentRequest", "Document", (q: DocumentRequest) => {
      demandId(q.collectionId ?? "");
      // Google's own ids have 20 letters and digits.
      const id = q.documentId || nextId().replace(/[-_]/g, "").slice(0, 20);
      const name = documentName({ collection: below(readParent(q.parent), q.collectionId ?? ""), id });
      commit([{ update: { ...q.document, name }, currentDocument: { exists: false } }]);
      return read(name, {}, q.mask);
    }),
    unary("UpdateDocument", "UpdateDocumentRequest", "Document", (q: DocumentRequest) => {
      const mask = q.updateMask === undefined ? {} : { updateMask: q.updateMask };
      commit([{ update: q.document ?? {}, ...mask, ...guard(q.currentDocument) }]);
      return read(q.document?.name ?? "", {}, q.mask);
    }),
    unary("DeleteDocument", "DeleteDocumentRequest", "Empty", (q: DocumentRequest) => {
      commit([{ delete: q.name ?? "", ...guard(q.currentDocument) }]);
      return {};
    }),
  ];
}
