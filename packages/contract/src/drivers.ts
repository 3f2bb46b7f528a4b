/** What a provider implements: one small interface a kind. Every method takes a `Call` last. */
export interface Call {
  readonly signal: AbortSignal;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand it back as `after` for the page that follows; absent on the last page. */
  readonly next?: string;
}

export type Bytes = ReadableStream<Uint8Array>;
/** Opaque; differs whenever the bytes differ (S3 promises no more). */
export type Revision = string;
export type Only = "if_absent" | { readonly ifRevision: Revision };

/** `can` is read when a plan is made; a call never finds out too late. */
export interface Driver<Feature extends string = never> {
  readonly id: string; // "aws/s3"
  readonly can: ReadonlySet<Feature>;
  /** The vendor's own client, for what the port does not offer. */
  readonly native: unknown;
  close(): Promise<void>;
}

// objects ---------------------------------------------------------------------------------------
export interface ObjectHead {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly revision: Revision;
  readonly modifiedAt: Date;
  /** In a `list` answer "" and {} where the service's listing does not carry them. */
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}
export interface WriteHow {
  readonly contentType: string;
  /** Keys are lower-case `[a-z0-9-]`, values printable ASCII: the port has checked. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly only?: Only;
}
export type ObjectFeature = "signed-url" | "versions";
/**
 * The port guarantees: keys are 1 to 900 UTF-8 bytes without NUL; `limit` is 1 to 1000.
 * The driver escapes keys for its service reversibly and streams bodies: memory does not grow with the object.
 */
export interface ObjectDriver extends Driver<ObjectFeature> {
  /** not_found */
  head(key: string, call: Call): Promise<ObjectHead>;
  /** `from` is an offset in bytes; no `length` means to the end. not_found; invalid_argument when `from` is past the end. */
  read(
    key: string,
    range: { readonly from: number; readonly length?: number },
    call: Call,
  ): Promise<{ readonly head: ObjectHead; readonly body: Bytes }>;
  /** Atomic: readers see the old object or the new one, whole. already_exists (if_absent); conflict (ifRevision, also when the object is gone). */
  write(key: string, body: Bytes, how: WriteHow, call: Call): Promise<ObjectHead>;
  /** Missing is success, also with `ifRevision`; another revision is conflict. */
  remove(key: string, how: { readonly ifRevision?: Revision }, call: Call): Promise<void>;
  /** By the keys' UTF-8 bytes in ascending order, also across pages. */
  list(
    q: { readonly prefix: string; readonly after?: string; readonly limit: number },
    call: Call,
  ): Promise<Page<ObjectHead>>;
  /** Headers that whoever PUTs to a signed URL must send at this service (Azure: x-ms-blob-type). None when left out. */
  readonly signedPutHeaders?: Readonly<Record<string, string>>;
  signedUrl?(
    key: string,
    how: { readonly method: "GET" | "PUT"; readonly forSeconds: number },
    call: Call,
  ): Promise<string>;
}

// kv ---------------------------------------------------------------------------------------------
export interface KvEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: Revision;
}
export type KvFeature = "expiry";
/** The port guarantees: keys are 1 to 255 UTF-8 bytes without NUL, values at most 350 KiB, `limit` is 1 to 1000. */
export interface KvDriver extends Driver<KvFeature> {
  /** Expired is gone at once, whenever the service deletes it. */
  get(key: string, call: Call): Promise<KvEntry | undefined>;
  /** already_exists (if_absent; an expired entry counts as absent); conflict (ifRevision, also when the entry is gone). */
  put(
    key: string,
    value: Uint8Array,
    how: { readonly only?: Only; readonly expiresInSeconds?: number },
    call: Call,
  ): Promise<{ readonly revision: Revision }>;
  /** Missing is success, also with `ifRevision`; another revision is conflict. */
  remove(key: string, how: { readonly ifRevision?: Revision }, call: Call): Promise<void>;
  /** Every live entry once, in no promised order: for export, replication, counting. */
  scan(q: { readonly after?: string; readonly limit: number }, call: Call): Promise<Page<KvEntry>>;
}

// postgres: portable already, so the driver only opens doors -------------------------------------
export type PgRole = "owner" | "app" | "read";
export interface PgEndpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: "verify_full" | "off";
  /** PEM of the authority to trust instead of the system's. */
  readonly ca?: string;
  /** Read again for every new connection, so that a rotated password or token is picked up. */
  credentials(call: Call): Promise<{ readonly user: string; readonly password: string; readonly until?: Date }>;
}
export type PostgresFeature = "logical-replication" | "point-in-time-restore";
export interface PostgresDriver extends Driver<PostgresFeature> {
  endpoint(role: PgRole, call: Call): Promise<PgEndpoint>;
}

// secrets ----------------------------------------------------------------------------------------
export type SecretFeature = "versions";
/** The port guarantees: names are `[a-z][a-z0-9-]{0,126}`, values 1 byte to 25 KiB of UTF-8 without NUL. */
export interface SecretDriver extends Driver<SecretFeature> {
  /** No version means the newest. not_found */
  get(
    name: string,
    version: string | undefined,
    call: Call,
  ): Promise<{ readonly value: string; readonly version: string }>;
  /** Makes the secret or adds a version. */
  put(name: string, value: string, call: Call): Promise<{ readonly version: string }>;
  /** Missing is success; the name can be put again at once. */
  remove(name: string, call: Call): Promise<void>;
  /** By name in ascending order, also across pages. */
  list(q: { readonly after?: string; readonly limit: number }, call: Call): Promise<Page<{ readonly name: string }>>;
}

export interface DriverOf {
  objects: ObjectDriver;
  kv: KvDriver;
  postgres: PostgresDriver;
  secrets: SecretDriver;
}
/** A kind of driver; the spec's resource types are `bucket`, `kv`, `postgres`, `secret`. */
export type DriverKind = keyof DriverOf;
export type FeatureOf = { objects: ObjectFeature; kv: KvFeature; postgres: PostgresFeature; secrets: SecretFeature };
