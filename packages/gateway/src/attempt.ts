import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { ConnectError } from "./connector.ts";
import type { Core } from "./core.ts";
import type { Lane, Timed } from "./lanes.ts";
import type { Target } from "./state.ts";
import type { Connection } from "./upstream.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** "unsendable": not the target's fault. */
export type Failure = "connect" | "certificate" | "reset" | "timeout" | "unsendable";

/** The exchange that an attempt is made for. */
export interface AttemptOwner {
  answered(attempt: Attempt, status: number, headers: Headers): void;
  chunk(bytes: Buffer): boolean;
  ended(): void;
  upgraded(attempt: Attempt, status: number, headers: Headers, socket: Duplex): void;
  /** Before the answer's first byte. */
  failed(attempt: Attempt, failure: Failure): void;
  /** After it. */
  broken(attempt: Attempt): void;
  overdue(attempt: Attempt, now: number): void;
}

export interface Sending {
  path: string;
  method: string;
  headers: string[];
  body: Dispatcher.DispatchOptions["body"] | null;
  upgrade: string | null;
  /** So that undici keeps the connection whatever Host says; the connector goes by the target's URL. */
  servername: string;
}

/** One try of one request at one target. */
export class Attempt implements Dispatcher.DispatchHandler, Timed {
  readonly owner: AttemptOwner;
  readonly target: Target;
  readonly startedAt: number;
  /** The head, or part of it, may be on the wire. */
  wasSent = false;
  wasAnswered = false;
  /** Its first-byte limit has passed, and the target was told. */
  isOverdue = false;
  readonly isReused: boolean;
  readonly #core: Core;
  readonly #connection: Connection;
  #controller: Dispatcher.DispatchController | null = null;
  #isOver = false;
  deadline = 0;
  before: Timed | null = null;
  after: Timed | null = null;
  lane: Lane | null = null;

  constructor(core: Core, owner: AttemptOwner, target: Target, canRepeat: boolean) {
    this.#core = core;
    this.owner = owner;
    this.target = target;
    this.startedAt = core.now();
    target.inFlight += 1;
    this.#connection = target.upstream.acquire(this.startedAt, canRepeat);
    this.isReused = this.#connection.uses > 1;
  }

  start(sending: Sending, lane: Lane): void {
    lane.join(this, this.startedAt);
    this.#connection.client.dispatch(sending as Dispatcher.DispatchOptions, this);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  /** Ends it without an outcome: nobody waits for it any more. */
  abandon(): void {
    if (this.#isOver) return;
    this.#finish();
    this.target.upstream.drop(this.#connection);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) {
      controller.abort(new Error("abandoned"));
      return;
    }
    this.#controller = controller;
    this.wasSent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.#isOver || status < 200) return;
    this.wasAnswered = true;
    this.lane?.leave(this);
    this.owner.answered(this, status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver && !this.owner.chunk(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    this.target.upstream.release(this.#connection, this.#core.now());
    this.owner.ended();
  }

  onRequestUpgrade(_controller: unknown, status: number, headers: Headers, socket: Duplex): void {
    if (this.#isOver) {
      socket.destroy();
      return;
    }
    this.wasAnswered = true;
    this.lane?.leave(this);
    socket.once("close", () => {
      if (!this.#isOver) this.#finish();
    });
    this.target.upstream.drop(this.#connection);
    this.owner.upgraded(this, status, headers, socket);
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#isOver) return;
    this.abandon();
    if (this.wasAnswered) this.owner.broken(this);
    else this.owner.failed(this, failureOf(error, this.wasSent));
  }

  expired(now: number): void {
    if (!this.#isOver) this.owner.overdue(this, now);
  }

  #finish(): void {
    this.#isOver = true;
    this.lane?.leave(this);
    this.target.inFlight -= 1;
  }
}

function failureOf(error: Error, wasSent: boolean): Failure {
  if (error instanceof ConnectError) return error.because;
  if ((error as NodeJS.ErrnoException).code === "UND_ERR_INVALID_ARG") return "unsendable";
  return wasSent ? "reset" : "connect";
}
