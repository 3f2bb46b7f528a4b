import { codeOf, type ObjectDriver, type Only, TrimaranError } from "@trimaran/contract";
import { type CallOptions, call, limit, named, type PortContext, type Repeat, repeated } from "../limits.ts";
import { contentTypeOf } from "./content-type.ts";
import { checkedBody, ObjectReader } from "./reader.ts";
import {
  checkedContentType,
  checkedMetadata,
  checkedRange,
  hashKey,
  infoOf,
  listPrefix,
  type ObjectInfo,
  objectKey,
} from "./rules.ts";
import { type ObjectContent, type Source, sourceOf } from "./source.ts";

export interface ReadOptions extends CallOptions {
  /** Offset of the first byte; 0 when left out. */
  readonly from?: number;
  /** Bytes; to the end when left out, and never beyond it. */
  readonly length?: number;
}
export interface WriteOptions extends CallOptions {
  /** By the key's extension when left out. */
  readonly contentType?: string;
  /** Names `[a-z][a-z0-9-]*`, values of printable ASCII, at most 1,500 bytes together. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly only?: Only;
  /** Lower-case hex of the content. Content with another hash is refused (verification_failed) and the old object stays. */
  readonly sha256?: string;
}
export interface ListOptions extends CallOptions {
  readonly prefix?: string;
  /** Objects to ask the service for at a time, 1 to 1000. */
  readonly pageSize?: number;
}
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly revision: string;
  readonly modifiedAt: Date;
}
export interface SignedUrl {
  readonly url: string;
  readonly method: "GET" | "PUT";
  /** To be sent with a PUT. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

const longestUrlSeconds = 7 * 24 * 3600;

/**
 * Files by key in one bucket, the same on every cloud. A key is any UTF-8 text of 1 to 900 bytes without NUL.
 *
 * What is promised about content. Text, bytes, streams of up to 8 MiB, and whatever comes with `sha256` are stored with their SHA-256, and a
 * whole read is checked against it. A longer stream cannot be hashed before it is sent: it is stored without, relies on the
 * checksums that the service's own protocol carries, and a read of it is checked for its length only. So are objects that somebody
 * else wrote, and ranges.
 */
export class Objects implements AsyncDisposable {
  readonly #driver: ObjectDriver;
  readonly #context: PortContext;
  #closing: Promise<void> | undefined;

  constructor(driver: ObjectDriver, context: PortContext) {
    this.#driver = driver;
    this.#context = context;
  }

  /** The vendor's own client. What is done with it is not portable. */
  get native(): unknown {
    return this.#driver.native;
  }

  /** not_found */
  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    objectKey(key);
    return infoOf(await this.#call("head", "always", options, (c) => this.#driver.head(key, c)));
  }

  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.head(key, options);
      return true;
    } catch (e) {
      if (codeOf(e) === "not_found") return false;
      throw e;
    }
  }

  /** not_found; invalid_argument when `from` is past the end. `timeoutMs` is for the head; the body only has to keep moving. */
  async read(key: string, options: ReadOptions = {}): Promise<ObjectReader> {
    objectKey(key);
    const range = checkedRange(options);
    const what = this.#what("read");
    const bound = limit(options, what, this.#context);
    try {
      const answer = await repeated("always", bound, this.#context, () => this.#open(key, range, bound.signal));
      bound.pause();
      const info = infoOf(answer.head);
      const isWhole = range.from === 0 && range.length === undefined;
      const size = Math.min(info.size - range.from, range.length ?? Number.POSITIVE_INFINITY);
      const expected = { size, ...(isWhole && info.sha256 !== undefined ? { sha256: info.sha256 } : {}) };
      return new ObjectReader(info, checkedBody(answer.body, expected, bound, what, this.#context));
    } catch (e) {
      bound.end();
      throw e;
    }
  }

  /**
   * Atomic: readers see the old object or the new one, whole. already_exists with `only: "if_absent"`, conflict with
   * `only: { ifRevision }`. `timeoutMs` is for the head of the answer; while the body is sent the service only has to keep taking it.
   * Text, bytes and short streams are sent again after an error where that is safe; longer streams are not.
   */
  async write(key: string, content: ObjectContent, options: WriteOptions = {}): Promise<ObjectInfo> {
    return this.#write(key, content, options, checkedMetadata(options.metadata ?? {}));
  }

  /** Removing what is not there succeeds. conflict with `ifRevision` when there is another revision. */
  async remove(key: string, options: CallOptions & { readonly ifRevision?: string } = {}): Promise<void> {
    objectKey(key);
    const { ifRevision } = options;
    const how = ifRevision === undefined ? {} : { ifRevision };
    const repeat = ifRevision === undefined ? "always" : "refused";
    await this.#call("remove", repeat, options, (c) => this.#driver.remove(key, how, c));
  }

  /** In the order of the keys' UTF-8 bytes; pages are fetched as they are needed, each within `timeoutMs`. */
  async *list(options: ListOptions = {}): AsyncGenerator<ListedObject> {
    const prefix = listPrefix(options.prefix ?? "");
    const pageSize = options.pageSize ?? 1000;
    if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
      throw new TrimaranError("invalid_argument", "pageSize is a number from 1 to 1000");
    }
    let after: string | undefined;
    do {
      const q = { prefix, limit: pageSize, ...(after === undefined ? {} : { after }) };
      const page = await this.#call("list", "always", options, (c) => this.#driver.list(q, c));
      for (const { key, size, revision, modifiedAt } of page.items) yield { key, size, revision, modifiedAt };
      after = page.next;
    } while (after !== undefined);
  }

  /** Content, content type and metadata to another key, through this process. Conditions are on the target. not_found */
  async copy(from: string, to: string, options: CallOptions & { readonly only?: Only } = {}): Promise<ObjectInfo> {
    objectKey(to);
    const { info, body } = await this.read(from, options);
    const { contentType, metadata, sha256 } = info;
    return this.#write(to, body, { ...options, contentType, ...(sha256 === undefined ? {} : { sha256 }) }, metadata);
  }

  /** A URL with which whoever has it may GET or PUT this one object for a while (at most 7 days; 15 minutes when left out). unsupported */
  async signedUrl(
    key: string,
    options: CallOptions & { readonly method?: "GET" | "PUT"; readonly forSeconds?: number } = {},
  ): Promise<SignedUrl> {
    objectKey(key);
    const { method = "GET", forSeconds = 900 } = options;
    if (!Number.isSafeInteger(forSeconds) || forSeconds < 1 || forSeconds > longestUrlSeconds) {
      throw new TrimaranError("invalid_argument", `forSeconds is a whole number from 1 to ${longestUrlSeconds}`);
    }
    const sign = this.#driver.signedUrl?.bind(this.#driver);
    if (sign === undefined || !this.#driver.can.has("signed-url")) {
      throw new TrimaranError("unsupported", `${this.#driver.id} cannot sign URLs`, {
        hint: `needs: [signed-url] at the resource ${this.#context.resource} in trimaran.yaml finds this out before the start`,
      });
    }
    const expiresAt = new Date(this.#context.now() + forSeconds * 1000);
    const url = await this.#call("signedUrl", "always", options, (c) => sign(key, { method, forSeconds }, c));
    return { url, method, headers: method === "PUT" ? { ...this.#driver.signedPutHeaders } : {}, expiresAt };
  }

  close(): Promise<void> {
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #write(
    key: string,
    content: ObjectContent,
    options: WriteOptions,
    metadata: Readonly<Record<string, string>>,
  ): Promise<ObjectInfo> {
    objectKey(key);
    const contentType = checkedContentType(options.contentType ?? contentTypeOf(key));
    const { only, sha256 } = options;
    const bound = limit(options, this.#what("write"), this.#context);
    let source: Source | undefined;
    try {
      const ready = await sourceOf(content, sha256, bound);
      source = ready;
      const hashed = ready.sha256 === undefined ? metadata : { ...metadata, [hashKey]: ready.sha256 };
      const how = { contentType, metadata: hashed, ...(only === undefined ? {} : { only }) };
      const repeat = !ready.canRepeat ? "never" : only === undefined ? "always" : "refused";
      return await repeated(repeat, bound, this.#context, async () => {
        const { body, sent, failure } = ready.open(bound);
        const head = await this.#driver.write(key, body, how, { signal: bound.signal }).catch((e: unknown) => {
          throw failure() === undefined
            ? e
            : named(failure(), `${this.#what("write")}: the content broke off`, this.#context);
        });
        if (head.size !== sent()) {
          const message = `${this.#what("write")}: ${sent()} bytes were sent and ${head.size} are there`;
          throw new TrimaranError("verification_failed", message);
        }
        return infoOf(head);
      });
    } catch (e) {
      source?.discard();
      throw named(e, this.#what("write"), this.#context);
    } finally {
      bound.end();
    }
  }

  async #open(key: string, range: { readonly from: number; readonly length?: number }, signal: AbortSignal) {
    const answer = await this.#driver.read(key, range, { signal });
    // Too late: nobody will read this body.
    if (signal.aborted) await answer.body.cancel();
    return answer;
  }

  #what(op: string): string {
    return `${this.#driver.id} ${op} ${this.#context.resource}`;
  }

  #call<T>(
    op: string,
    repeat: Repeat,
    options: CallOptions,
    attempt: (c: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return call(options, this.#what(op), repeat, this.#context, attempt);
  }
}
