/**
 * The storage core behind every protocol: one SQLite database (WAL) and a folder of bodies for each local cloud.
 * What a method's promise has answered survives SIGKILL of the process.
 */

/** A body that was taken in but belongs to no object yet; `commit` or `discard` ends it. */
export interface StagedBody {
  readonly id: string;
  readonly size: number;
  /** Raw digests of the bytes. */
  readonly md5: Uint8Array;
  /** Four bytes, most significant first; empty where the store was opened without CRC-32C. */
  readonly crc32c: Uint8Array;
}

export interface StageOptions {
  /** Rejects with `BodyTooLarge` when there are more. */
  readonly maxBytes?: number;
  /** True for a body that this very request commits: costs less, is not there after a restart, and `staged` does not find it. */
  readonly ephemeral?: boolean;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Counts up with every write in the whole store: GCS generation, and the source of ETags that change with each write. */
  readonly generation: number;
  readonly metageneration: number;
  readonly createdAt: number; // ms since 1970
  readonly modifiedAt: number;
  readonly md5: Uint8Array;
  readonly crc32c: Uint8Array;
  readonly contentType: string;
  /** Lower-case system headers that a client may set: cache-control, content-encoding, content-disposition, content-language. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What only one protocol knows (multipart ETag, block list, blob type), as it chose. */
  readonly extra: Readonly<Record<string, string>>;
}

export type Condition =
  /** Judged inside the write's transaction; false makes the write throw `ConditionFailed`. */
  (now: StoredObject | undefined) => boolean;

export interface NewObject {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, string>>;
}

export interface ObjectCore {
  createBucket(name: string, createdAt: number): boolean; // false: it was there
  removeBucket(name: string): "removed" | "missing" | "not_empty";
  buckets(): readonly { readonly name: string; readonly createdAt: number }[];
  hasBucket(name: string): boolean;

  /** Streams to disk, hashing as it goes. Rejects when the stream fails; nothing is left then. */
  stage(body: AsyncIterable<Uint8Array>, options?: StageOptions): Promise<StagedBody>;
  /** Joins staged bodies in this order into one; the parts stay until they are discarded. */
  join(parts: readonly StagedBody[], options?: StageOptions): Promise<StagedBody>;
  /** An object's bytes as a staged body, without copying them (a hard link). Throws when the object was replaced or removed since. */
  clone(object: StoredObject, options?: StageOptions): StagedBody;
  discard(ids: readonly string[]): void;
  /** Makes an ephemeral body outlive a restart: in one transaction with the record that names it, none is ever forgotten. */
  keep(id: string): void;
  /** A staged body survives a restart (parts, blocks, resumable sessions): look it up again by its id. */
  staged(id: string): StagedBody | undefined;

  /** Puts a staged body in place, atomically with the condition. Throws `ConditionFailed`. */
  commit(bucket: string, key: string, body: StagedBody, meta: NewObject, when?: Condition): StoredObject;
  /** Changes only what describes the object (metageneration + 1). Throws `ConditionFailed`; undefined when it is not there. */
  describe(bucket: string, key: string, meta: NewObject, when?: Condition): StoredObject | undefined;
  head(bucket: string, key: string): StoredObject | undefined;
  /**
   * Bytes `from` to `to` (exclusive). The object's bytes stay readable to the end though it is replaced or removed after this call:
   * call it in the same turn as `head` (no `await` between). Throws when the object was replaced or removed since.
   */
  read(object: StoredObject, from?: number, to?: number): AsyncIterable<Uint8Array>;
  /** True when something was removed. Throws `ConditionFailed`. */
  remove(bucket: string, key: string, when?: Condition): boolean;
  /**
   * Keys in order of their UTF-8 bytes. `after` is exclusive, `from` inclusive. With a delimiter, keys that share a prefix up to
   * and with it are rolled into `prefixes`; both count against `limit`. An `after` that is itself such a prefix skips all of it.
   */
  list(
    bucket: string,
    q: {
      readonly prefix?: string;
      readonly after?: string;
      readonly from?: string;
      readonly delimiter?: string;
      readonly limit: number;
    },
  ): ObjectListing;
}

export interface ObjectListing {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** Hand it back as `after` for the next page. */
  readonly next?: string;
}

/** Small ordered records for everything else: entities, documents, secrets, upload sessions. */
export interface RecordCore {
  /** Runs in one transaction; what it throws rolls back. Not asynchronous: no other request comes between. */
  transaction<T>(work: () => T): T;
  get(space: string, key: string): StoredRecord | undefined;
  /** `version` counts up with every write in the whole store. */
  put(space: string, key: string, value: Uint8Array | string): StoredRecord;
  remove(space: string, key: string): boolean;
  /** In order of the keys' UTF-8 bytes; `from` inclusive, `after` and `before` exclusive. */
  list(
    space: string,
    q: {
      readonly prefix?: string;
      readonly from?: string;
      readonly after?: string;
      readonly before?: string;
      readonly limit: number;
    },
  ): readonly StoredRecord[];
  spaces(prefix: string): readonly string[];
}

export interface StoredRecord {
  readonly key: string;
  readonly value: Uint8Array;
  readonly version: number;
}

export class ConditionFailed extends Error {
  override readonly name = "ConditionFailed";
}

export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

export interface Store {
  readonly objects: ObjectCore;
  readonly records: RecordCore;
  close(): Promise<void>;
}

/** What the entry hands to each protocol; a protocol answers with its listeners. */
export interface ProtocolContext {
  readonly store: Store;
  readonly region: string;
  /** Absolute folder of this local cloud, for parts that keep their own files. */
  readonly dataFolder: string;
  readonly rootKey: Uint8Array;
  readonly now: () => number;
  /** Where clients reach a service, once all listen: "https://127.0.0.1:4001". */
  readonly endpoint: (service: string) => string;
}

/** One service of a local cloud, before it listens. */
export interface LocalService {
  readonly name: string; // "s3", "blob", "storage", ...
  /** "https" under the given certificate, except credential and metadata endpoints, which are "http". "grpc" is HTTP/2 with TLS. */
  readonly transport: "http" | "https" | "grpc";
  /** For http and https. */
  readonly handle?: (
    request: import("node:http").IncomingMessage,
    response: import("node:http").ServerResponse,
  ) => void;
  /** For grpc: adds its services to the server that the entry made. */
  readonly register?: (server: import("@grpc/grpc-js").Server) => void;
  close?(): Promise<void>;
}

/** One cloud's set of services, its account facts, and how to make what `ensure` names. */
export interface LocalCloud {
  readonly services: readonly LocalService[];
  readonly account: Readonly<Record<string, string>>;
  ensure(resource: import("@trimaran/contract").LocalResource): Promise<void>;
  close(): Promise<void>;
}
export type MakeLocalCloud = (context: ProtocolContext) => Promise<LocalCloud>;

/** What `src/<cloud>/index.ts` exports. */
export interface CloudModule {
  readonly makeLocalCloud: MakeLocalCloud;
}
