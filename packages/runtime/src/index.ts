export {
  type Binding,
  codeOf,
  codes,
  type ErrorCode,
  isTrimaranError,
  type Only,
  Secret,
  TrimaranError,
} from "@trimaran/contract";
export { json, Kv, type KvInput, KvValue, type PutOptions } from "./kv.ts";
export type { CallOptions, PortContext } from "./limits.ts";
export {
  type ListedObject,
  type ListOptions,
  Objects,
  type ReadOptions,
  type SignedUrl,
  type WriteOptions,
} from "./objects/objects.ts";
export { ObjectReader } from "./objects/reader.ts";
export type { ObjectInfo } from "./objects/rules.ts";
export type { ObjectContent } from "./objects/source.ts";
export { createOpener, type Opener, type OpenerOptions, open } from "./open.ts";
export { Postgres, type PostgresOptions, type TransactionOptions } from "./postgres/postgres.ts";
export { type OnRotate, Secrets, type SecretsOptions } from "./secrets.ts";
