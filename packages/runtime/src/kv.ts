import { codeOf, type KvDriver, type Only, type Revision, TrimaranError } from "@trimaran/contract";
import { type CallOptions, call, limit, type PortContext, type Repeat, wait } from "./limits.ts";
import { checkedKey, utf8 } from "./text.ts";

const pageSize = 200;
const updateTries = 30;
export const mostKeyBytes = 255;
export const mostValueBytes = 350 * 1024;

export interface PutOptions extends CallOptions {
  readonly only?: Only;
  /** Whole seconds, at least 1. Without it an entry stays, also where an earlier put had set an expiry. */
  readonly expiresInSeconds?: number;
}

/** A value as it was read, with the revision that a conditional put or remove names. */
export class KvValue {
  readonly key: string;
  readonly revision: Revision;
  readonly #bytes: Uint8Array;

  constructor(key: string, bytes: Uint8Array, revision: Revision) {
    this.key = key;
    this.#bytes = bytes;
    this.revision = revision;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }

  text(): string {
    return new TextDecoder().decode(this.#bytes);
  }

  /** SyntaxError when it is no JSON. */
  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }
}

/** Text, bytes, or with `json()` any JSON value. */
export type KvInput = string | Uint8Array;

export function json(value: unknown): string {
  return JSON.stringify(value);
}

/**
 * Small values by key, the same on every cloud. Keys have 1 to 255 UTF-8 bytes, values up to 350 KiB; both are checked before anything
 * is sent (invalid_argument). There is no order and no search: an app that needs them uses Postgres.
 */
export class Kv implements AsyncDisposable {
  readonly #driver: KvDriver;
  readonly #context: PortContext;
  #closing: Promise<void> | undefined;

  constructor(driver: KvDriver, context: PortContext) {
    this.#driver = driver;
    this.#context = context;
  }

  /** The vendor's own client. What is done with it is not portable. */
  get native(): unknown {
    return this.#driver.native;
  }

  /** `undefined` when there is no such key or when it has expired. */
  async get(key: string, options: CallOptions = {}): Promise<KvValue | undefined> {
    checkedKey(key, mostKeyBytes, "a kv key");
    const entry = await this.#call("get", "always", options, (c) => this.#driver.get(key, c));
    return entry === undefined ? undefined : new KvValue(entry.key, entry.value, entry.revision);
  }

  /**
   * already_exists with `only: "if_absent"`, conflict with `only: { ifRevision }`. A conditional put whose answer was lost is not made
   * again: the error is unavailable or timeout, and the caller reads what there is.
   */
  async put(key: string, value: KvInput, options: PutOptions = {}): Promise<{ readonly revision: Revision }> {
    checkedKey(key, mostKeyBytes, "a kv key");
    const bytes = typeof value === "string" ? utf8(value) : value;
    if (bytes.length > mostValueBytes) {
      throw new TrimaranError("invalid_argument", `a kv value has up to ${mostValueBytes} bytes, not ${bytes.length}`, {
        hint: "larger values belong into a bucket: open.objects(...)",
      });
    }
    const { only, expiresInSeconds } = options;
    this.#checkExpiry(expiresInSeconds);
    const how = {
      ...(only === undefined ? {} : { only }),
      ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    };
    const repeat = only === undefined ? "always" : "refused";
    return this.#call("put", repeat, options, (c) => this.#driver.put(key, bytes, how, c));
  }

  /** Removing what is not there succeeds. conflict with `ifRevision` when there is another revision. */
  async remove(key: string, options: CallOptions & { readonly ifRevision?: Revision } = {}): Promise<void> {
    checkedKey(key, mostKeyBytes, "a kv key");
    const { ifRevision } = options;
    const how = ifRevision === undefined ? {} : { ifRevision };
    const repeat = ifRevision === undefined ? "always" : "refused";
    await this.#call("remove", repeat, options, (c) => this.#driver.remove(key, how, c));
  }

  /** Every live entry once, in no order; pages are fetched as they are needed, each within `timeoutMs`. */
  async *entries(options: CallOptions = {}): AsyncGenerator<KvValue> {
    let after: string | undefined;
    do {
      const q = { limit: pageSize, ...(after === undefined ? {} : { after }) };
      const page = await this.#call("scan", "always", options, (c) => this.#driver.scan(q, c));
      for (const entry of page.items) yield new KvValue(entry.key, entry.value, entry.revision);
      after = page.next;
    } while (after !== undefined);
  }

  /**
   * Reads, changes and writes back until nobody came between; `change` may run several times. `undefined` from `change` leaves the
   * entry as it is. conflict after 30 tries; `timeoutMs` is for all of them together.
   */
  async update(
    key: string,
    change: (now: KvValue | undefined) => KvInput | undefined | Promise<KvInput | undefined>,
    options: CallOptions & { readonly expiresInSeconds?: number } = {},
  ): Promise<void> {
    const { expiresInSeconds } = options;
    const expiry = expiresInSeconds === undefined ? {} : { expiresInSeconds };
    const bound = limit(options, `${this.#driver.id} update ${this.#context.resource}`, this.#context);
    const inner = {
      signal: bound.signal,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    };
    try {
      for (let i = 0; i < updateTries; i++) {
        const now = await bound.within(this.get(key, inner));
        const next = await bound.within(Promise.resolve(change(now)));
        if (next === undefined) return;
        const only = now === undefined ? ("if_absent" as const) : { ifRevision: now.revision };
        try {
          await bound.within(this.put(key, next, { ...inner, ...expiry, only }));
          return;
        } catch (e) {
          if (codeOf(e) !== "conflict" && codeOf(e) !== "already_exists") throw e;
        }
        await wait(this.#context.random() * Math.min(250, 2 ** i), bound);
      }
    } finally {
      bound.end();
    }
    throw new TrimaranError("conflict", `${this.#driver.id}: a key changed ${updateTries} times in a row`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkExpiry(seconds: number | undefined): void {
    if (seconds === undefined) return;
    if (!Number.isSafeInteger(seconds) || seconds < 1) {
      throw new TrimaranError("invalid_argument", "expiresInSeconds is a whole number of seconds, at least 1");
    }
    if (!this.#driver.can.has("expiry")) {
      throw new TrimaranError("unsupported", `${this.#driver.id} cannot let entries expire`, {
        hint: `needs: [expiry] at the resource ${this.#context.resource} in trimaran.yaml finds this out before the start`,
      });
    }
  }

  #call<T>(
    op: string,
    repeat: Repeat,
    options: CallOptions,
    attempt: (c: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return call(options, `${this.#driver.id} ${op} ${this.#context.resource}`, repeat, this.#context, attempt);
  }
}
