import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Lane, Timed } from "./lanes.ts";

/** Up to here a body is kept, so that an idempotent request can be sent once more. */
export const KEPT_BYTES = 64 * 1024;
/** How much of a body that nobody wants any more is read, so that the client gets to see the answer, before the connection is cut. */
const DISCARDED_BYTES = 1024 * 1024;

export interface FeedOptions {
  /** 0: no limit. */
  readonly maxBytes: number;
  /** A client that sends nothing for as long as this lane's limit is slow, unless it was us who stopped it. */
  readonly slow: Lane;
  readonly now: () => number;
  tooLarge(): void;
  tooSlow(): void;
}

/** A request's body on its way: read no faster than the upstream takes it, kept while it is small. */
export class Feed implements Timed {
  readonly #req: IncomingMessage;
  readonly #options: FeedOptions;
  #kept: Buffer[] | null = [];
  #bytes = 0;
  #current: Readable | null = null;
  #whole: ((body: Buffer) => void) | null = null;
  #hasEnded = false;
  #isDiscarding = false;
  #hasMoved = false;
  deadline = 0;
  before: Timed | null = null;
  after: Timed | null = null;
  lane: Lane | null = null;

  constructor(req: IncomingMessage, options: FeedOptions) {
    this.#req = req;
    this.#options = options;
    req.pause(); // nothing is read before somebody takes it, so that a try without a connection costs nothing of it
    req.on("data", (chunk: Buffer) => this.#onData(chunk));
    req.on("end", () => this.#onEnd());
    req.on("error", () => {}); // the response's "close" tells of it
    options.slow.join(this, options.now());
  }

  /** Calls back once with all of it; only for a body that is known to be small. */
  whole(done: (body: Buffer) => void): void {
    this.#whole = done;
    this.#req.resume();
  }

  /** The body from its beginning, for one attempt; the attempt before it gets no more. */
  stream(): Readable {
    const stream = new Readable({ highWaterMark: KEPT_BYTES, read: () => void this.#req.resume() });
    stream.on("error", () => {}); // it fails with its attempt, which is told
    this.#current = stream;
    for (const chunk of this.#kept ?? []) stream.push(chunk);
    if (this.#hasEnded) stream.push(null);
    return stream;
  }

  /** From its beginning it can be had again. */
  get canReplay(): boolean {
    return this.#kept !== null;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Nobody wants the rest. */
  discard(): void {
    if (this.#isDiscarding) return;
    this.#isDiscarding = true;
    this.#bytes = 0;
    this.#kept = this.#current = this.#whole = null;
    if (!this.#hasEnded) this.#req.resume();
  }

  /** The client is gone, or the exchange over. */
  stop(): void {
    this.lane?.leave(this);
    this.#kept = this.#current = this.#whole = null;
  }

  expired(now: number): void {
    if (this.#hasEnded || this.#req.destroyed) return;
    const isOurFault = this.#req.isPaused();
    if (!this.#hasMoved && !isOurFault) {
      if (this.#isDiscarding) this.#req.destroy();
      else this.#options.tooSlow();
      return;
    }
    this.#hasMoved = false;
    this.#options.slow.join(this, now);
  }

  #onData(chunk: Buffer): void {
    this.#hasMoved = true;
    this.#bytes += chunk.length;
    if (this.#isDiscarding) {
      if (this.#bytes > DISCARDED_BYTES) this.#req.destroy();
      return;
    }
    const { maxBytes } = this.#options;
    if (maxBytes > 0 && this.#bytes > maxBytes) {
      this.#options.tooLarge();
      return;
    }
    if (this.#kept && this.#bytes <= KEPT_BYTES) this.#kept.push(chunk);
    else this.#kept = null;
    if (this.#current && !this.#current.push(chunk)) this.#req.pause();
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.lane?.leave(this);
    this.#current?.push(null);
    this.#whole?.(Buffer.concat(this.#kept ?? []));
  }
}
