import type protobuf from "protobufjs";
import type { RecordCore } from "../../core/types.ts";
import { toPlain } from "../grpc.ts";
import type { Fields, Timestamp } from "./messages.ts";
import { type DocumentPath, documentName, fromKey, toKey } from "./paths.ts";

/** A document as it is kept. */
export interface Kept {
  readonly path: DocumentPath;
  readonly name: string;
  readonly fields: Fields;
  readonly createTime: Timestamp;
  readonly updateTime: Timestamp;
  /** What the store holds: equal bytes are the same state of the document. */
  readonly bytes: Uint8Array;
}

/** The bytes of the documents of collections at one moment. */
export interface View {
  get(collection: string, key: string): Uint8Array | undefined;
  /** By key, from a key on (inclusive). */
  scan(collection: string, from?: string): Iterable<readonly [key: string, bytes: Uint8Array]>;
  /** Collections below a path ("" for all of them) that hold or held documents, with their subcollections. */
  collections(below: string): readonly string[];
}

const prefix = "firestore/documents/";
const batch = 256;

/** One record space for each collection, one record for each document. */
export function makeDocuments(records: RecordCore, schema: protobuf.Root) {
  const type = schema.lookupType("google.firestore.v1.Document");
  const space = (collection: string) => `${prefix}${collection}`;

  const live: View = {
    get: (collection, key) => records.get(space(collection), key)?.value,
    *scan(collection, from) {
      let page = records.list(space(collection), { limit: batch, ...(from === undefined ? {} : { from }) });
      for (;;) {
        for (const { key, value } of page) yield [key, value];
        const last = page.at(-1);
        if (last === undefined || page.length < batch) return;
        page = records.list(space(collection), { limit: batch, after: last.key });
      }
    },
    collections: (below) => records.spaces(space(below)).map((name) => name.slice(prefix.length)),
  };

  const read = (path: DocumentPath, bytes: Uint8Array): Kept => {
    const plain = toPlain<{ fields?: Fields; createTime: Timestamp; updateTime: Timestamp }>(type, type.decode(bytes));
    const { fields = {}, createTime, updateTime } = plain;
    return { path, name: documentName(path), fields, createTime, updateTime, bytes };
  };

  return {
    live,
    get(view: View, path: DocumentPath): Kept | undefined {
      const bytes = view.get(path.collection, toKey(path.id));
      return bytes === undefined ? undefined : read(path, bytes);
    },
    *scan(view: View, collection: string, from?: string): Iterable<Kept> {
      for (const [key, bytes] of view.scan(collection, from)) yield read({ collection, id: fromKey(key) }, bytes);
    },
    put(path: DocumentPath, fields: Fields, createTime: Timestamp, updateTime: Timestamp): void {
      const bytes = type.encode({ fields, createTime, updateTime } as never).finish();
      records.put(space(path.collection), toKey(path.id), bytes);
    },
    remove: (path: DocumentPath) => void records.remove(space(path.collection), toKey(path.id)),
  };
}

export type Documents = ReturnType<typeof makeDocuments>;
