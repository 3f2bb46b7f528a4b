import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer up to this size leaves in one write with its head. */
const JOINED_BYTES = 8192;

/**
 * The answer on its way to the client, no faster than the client takes it. The head waits for the body's first bytes for as long as they
 * come in the same turn of the event loop, so that a short answer is one write; nothing is held longer than that.
 */
export class Reply {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  /** Called when the client has taken what was written. */
  readonly #resumed: () => void;
  #status = 0;
  #fields: string[] | null = null;
  #length = -1;
  #held: Buffer | null = null;
  #slowMs = 0;
  #isWaiting = false;

  constructor(req: IncomingMessage, res: ServerResponse, resumed: () => void) {
    this.#req = req;
    this.#res = res;
    this.#resumed = resumed;
  }

  /** `length`: of the whole body, -1 where it is not known. A client that takes nothing at all for `slowMs` is cut. */
  head(status: number, fields: string[], length: number, slowMs: number): void {
    this.#status = status;
    this.#fields = fields;
    this.#length = length;
    this.#slowMs = slowMs;
    queueMicrotask(() => this.#flush());
  }

  /** False: hold on until `resumed` is called. */
  body(bytes: Buffer): boolean {
    if (this.#fields) {
      if (bytes.length === this.#length) {
        this.#held = bytes;
        return true;
      }
      this.#writeHead();
    }
    return this.#write(bytes);
  }

  end(): void {
    const res = this.#res;
    if (this.#fields) this.#writeHead();
    const held = this.#held;
    this.#held = null;
    if (held === null) res.end();
    else if (held.length <= JOINED_BYTES) res.end(held.toString("latin1"), "latin1");
    else res.end(held);
    if (res.writableLength > 0) this.#req.socket.setTimeout(this.#slowMs);
  }

  #flush(): void {
    if (!this.#fields || this.#res.destroyed) return;
    try {
      this.#writeHead();
    } catch (_e) {
      // Fields that Node will not send: nobody is there to catch this in a microtask, and one answer must not end the process.
      this.#res.destroy();
      return;
    }
    const held = this.#held;
    this.#held = null;
    if (held === null) this.#res.flushHeaders();
    else this.#write(held);
  }

  #writeHead(): void {
    this.#res.writeHead(this.#status, this.#fields!);
    this.#fields = null;
  }

  #write(bytes: Buffer): boolean {
    const isTaken = this.#res.write(bytes);
    if (!isTaken && !this.#isWaiting) {
      this.#isWaiting = true;
      // The socket's own limit knows partial progress, so only who takes nothing runs into it.
      this.#req.socket.setTimeout(this.#slowMs);
      this.#res.once("drain", () => {
        this.#isWaiting = false;
        this.#req.socket.setTimeout(0);
        this.#resumed();
      });
    }
    return isTaken;
  }
}
