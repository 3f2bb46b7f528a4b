import { codeOf, codes, Secret, type SecretDriver, TrimaranError } from "@trimaran/contract";
import { type CallOptions, call, type PortContext, type Repeat } from "./limits.ts";
import { utf8 } from "./text.ts";

const pageSize = 100;
const namePattern = /^[a-z][a-z0-9-]{0,126}$/;
export const defaultTtlMs = 5 * 60_000;
/** While the service does not answer, it is asked again after this time. */
const askAgainMs = 10_000;
const mostValueBytes = 25 * 1024;

export interface SecretsOptions {
  /** How long a value that was read is given again without asking; five minutes when left out, 0 for never. */
  readonly ttlMs?: number;
}

interface Cached {
  readonly secret: Secret;
  readonly version: string;
  readonly readAt: number;
}

/** Called when a read finds another version than the read before it. */
export type OnRotate = (name: string, secret: Secret) => void;

/**
 * Named secret values; a resource of type `secret` is such a place, its own value has the name "value". Values come as `Secret`, which
 * cannot be printed by accident. Reads are cached; when the service does not answer, a cached value is given beyond its time.
 */
export class Secrets implements AsyncDisposable {
  readonly #driver: SecretDriver;
  readonly #context: PortContext;
  readonly #ttlMs: number;
  readonly #cache = new Map<string, Cached>();
  readonly #reading = new Map<string, Promise<Cached>>();
  readonly #listeners = new Set<OnRotate>();
  /** Counts what this port changed: a read that was under way meanwhile does not go into the cache. */
  #changes = 0;
  #closing: Promise<void> | undefined;

  constructor(driver: SecretDriver, context: PortContext, { ttlMs = defaultTtlMs }: SecretsOptions = {}) {
    this.#driver = driver;
    this.#context = context;
    this.#ttlMs = ttlMs;
  }

  /** The vendor's own client. What is done with it is not portable. */
  get native(): unknown {
    return this.#driver.native;
  }

  /** The newest version, from the cache while it is fresh. not_found */
  async get(name = "value", options: CallOptions = {}): Promise<Secret> {
    const cached = this.#cache.get(checkedName(name));
    if (cached !== undefined && this.#context.now() - cached.readAt < this.#ttlMs) return cached.secret;
    try {
      return (await this.#read(name, options)).secret;
    } catch (e) {
      if (cached === undefined || codes[codeOf(e)].retry !== "later") throw e;
      this.#cache.set(name, { ...cached, readAt: this.#context.now() - this.#ttlMs + askAgainMs });
      return cached.secret;
    }
  }

  /** Reads the newest version from the service, whatever the cache has. not_found */
  async refresh(name = "value", options: CallOptions = {}): Promise<Secret> {
    return (await this.#read(checkedName(name), options)).secret;
  }

  /** One version by the name that `put` gave. Not cached. not_found; unsupported where the service keeps no versions. */
  async getVersion(version: string, name = "value", options: CallOptions = {}): Promise<Secret> {
    checkedName(name);
    if (!this.#driver.can.has("versions")) {
      throw new TrimaranError("unsupported", `${this.#driver.id} cannot read an older version`, {
        hint: `needs: [versions] at the resource ${this.#context.resource} in trimaran.yaml finds this out before the start`,
      });
    }
    const found = await this.#call("get", "always", options, (c) => this.#driver.get(name, version, c));
    return new Secret(found.value);
  }

  /** Makes the secret or adds a version, which is the newest at once. Values have 1 byte to 25 KiB of UTF-8. */
  async put(value: string | Secret, name = "value", options: CallOptions = {}): Promise<{ readonly version: string }> {
    checkedName(name);
    const plain = typeof value === "string" ? value : value.reveal();
    const size = utf8(plain).length;
    if (size < 1 || size > mostValueBytes || !plain.isWellFormed() || plain.includes("\0")) {
      throw new TrimaranError("invalid_argument", `a secret is text of 1 to ${mostValueBytes} UTF-8 bytes without NUL`);
    }
    this.#changes++;
    this.#cache.delete(name);
    const put = await this.#call("put", "refused", options, (c) => this.#driver.put(name, plain, c));
    this.#changes++;
    this.#keep(name, { secret: new Secret(plain), version: put.version, readAt: this.#context.now() });
    return put;
  }

  /** Takes the secret away with all versions. Removing what is not there succeeds; the name can be put again at once. */
  async remove(name: string, options: CallOptions = {}): Promise<void> {
    checkedName(name);
    this.#changes++;
    this.#cache.delete(name);
    await this.#call("remove", "always", options, (c) => this.#driver.remove(name, c));
  }

  /** Names in ascending order; pages are fetched as they are needed, each within `timeoutMs`. */
  async *list(options: CallOptions = {}): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const q = { limit: pageSize, ...(after === undefined ? {} : { after }) };
      const page = await this.#call("list", "always", options, (c) => this.#driver.list(q, c));
      for (const { name } of page.items) yield name;
      after = page.next;
    } while (after !== undefined);
  }

  /** Returns the function that ends it. Nothing is polled: a rotation is seen by the first read after `ttlMs`, or by `refresh`. */
  onRotate(listener: OnRotate): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#cache.clear();
    this.#listeners.clear();
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Readers of one name at the same time share one request. One that brings its own signal or limit has its own. */
  #read(name: string, options: CallOptions): Promise<Cached> {
    const isOwn = options.signal !== undefined || options.timeoutMs !== undefined;
    const shared = isOwn ? undefined : this.#reading.get(name);
    if (shared !== undefined) return shared;
    const changes = this.#changes;
    const reading = this.#call("get", "always", options, (c) => this.#driver.get(name, undefined, c)).then((found) => {
      const cached = { secret: new Secret(found.value), version: found.version, readAt: this.#context.now() };
      if (changes === this.#changes) this.#keep(name, cached);
      return cached;
    });
    if (isOwn) return reading;
    const forget = () => void this.#reading.delete(name);
    this.#reading.set(name, reading);
    reading.then(forget, forget);
    return reading;
  }

  #keep(name: string, next: Cached): void {
    const before = this.#cache.get(name);
    this.#cache.set(name, next);
    if (before === undefined || before.version === next.version) return;
    for (const listener of this.#listeners) listener(name, next.secret);
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

function checkedName(name: string): string {
  if (!namePattern.test(name)) {
    throw new TrimaranError("invalid_argument", "a secret's name is [a-z][a-z0-9-]*, at most 127 characters");
  }
  return name;
}
