import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { claimed, isGenuine, setCookie } from "./affinity.ts";
import { Attempt, type AttemptOwner, type Failure, type Headers, type Sending } from "./attempt.ts";
import { type Core, isIdempotent } from "./core.ts";
import { Feed, KEPT_BYTES } from "./feed.ts";
import { addressOf, originForm, type RequestHead, readRequestHead, responseFields } from "./headers.ts";
import { refuse } from "./refusals.ts";
import { Reply } from "./reply.ts";
import type { Target } from "./state.ts";
import { tunnel } from "./tunnel.ts";

/** Tries that may end without a connection: nothing was sent, so they cost the upstreams nothing. */
const MAX_TRIES = 4;

const head: RequestHead = {
  fields: [],
  host: undefined,
  contentLength: -1,
  isChunked: false,
  cookie: undefined,
  upgrade: undefined,
  isBad: false,
};

/** One request of a client, from its head to the last byte of its answer. */
export class Exchange implements AttemptOwner {
  readonly #core: Core;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #reply: Reply;
  readonly #startedAt: number;
  readonly #canRepeat: boolean;
  readonly #sending: Sending;
  readonly #tried: Target[] = [];
  #client: { readonly socket: Duplex; readonly early: Buffer } | undefined;
  #host: string | undefined;
  #cookie: string | undefined;
  #feed: Feed | null = null;
  #attempt: Attempt | null = null;
  #wasRetried = false;
  #isOver = false;

  constructor(core: Core, req: IncomingMessage, res: ServerResponse) {
    this.#core = core;
    this.#req = req;
    this.#res = res;
    this.#reply = new Reply(req, res, () => this.#attempt?.resume());
    this.#startedAt = core.now();
    this.#canRepeat = isIdempotent(req.method!);
    this.#sending = { path: req.url!, method: req.method!, headers: [], body: null, upgrade: null, servername: "" };
    res.on("close", () => this.#closed());
  }

  /** `client`: the connection of a request that asks for an upgrade, with what it sent after the head. */
  begin(expectsContinue: boolean, client?: { readonly socket: Duplex; readonly early: Buffer }): void {
    const { limits } = this.#core.config;
    const hop = {
      remoteAddress: addressOf(this.#req),
      proto: this.#core.isTls ? ("https" as const) : ("http" as const),
      newTrace: this.#core.newTrace,
    };
    readRequestHead(this.#req.rawHeaders, hop, head);
    if (head.isBad) {
      this.refuse(400, "bad-request");
      return;
    }
    if (limits.maxBodyBytes > 0 && head.contentLength > limits.maxBodyBytes) {
      if (expectsContinue) this.#res.setHeader("connection", "close");
      this.refuse(413, "too-large");
      return;
    }
    this.#sending.headers = head.fields;
    this.#cookie = head.cookie;
    const form = originForm(this.#req.url!);
    if (!form) {
      this.refuse(400, "bad-request");
      return;
    }
    this.#sending.path = form.path;
    this.#host = form.host ?? head.host;
    if (client) {
      this.#client = client;
      this.#sending.upgrade = head.upgrade ?? null;
    }
    if (!head.isChunked && head.contentLength <= 0) {
      this.#first();
      return;
    }
    const isSmall = !head.isChunked && head.contentLength <= KEPT_BYTES;
    this.#feed = new Feed(this.#req, {
      maxBytes: limits.maxBodyBytes,
      slow: this.#core.lanes.slowClient,
      now: this.#core.now,
      tooLarge: () => this.#giveUp(413, "too-large"),
      tooSlow: () => {
        this.#res.setHeader("connection", "close");
        this.#giveUp(408, "slow-client");
      },
    });
    if (expectsContinue) this.#res.writeContinue();
    if (!isSmall) {
      this.#first();
      return;
    }
    this.#feed.whole((body) => {
      this.#sending.body = body;
      this.#feed = null;
      this.#first();
    });
  }

  /** An answer of the gateway's own, where nothing has been answered yet; otherwise the connection is cut. */
  refuse(status: number, error: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#attempt?.abandon();
    this.#feed?.discard();
    const target = this.#tried.at(-1);
    const last = target && { site: target.site.name, revision: target.config.revision };
    this.#core.count(target?.site, this.#core.now(), -1, status >= 500);
    refuse(this.#req, this.#res, status, error, this.#core.config.health.intervalMs, last);
  }

  // The attempt's side ------------------------------------------------------------------------------

  answered(attempt: Attempt, status: number, headers: Headers): void {
    const { target } = attempt;
    const now = this.#core.now();
    const isServerError = status >= 500;
    // 503 with Retry-After is an app that is well and says that something else is not.
    const isSick = isServerError && !(status === 503 && headers["retry-after"] !== undefined);
    const isSlow =
      this.#canRepeat && this.#sending.body === null && now - attempt.startedAt > this.#core.config.health.latencyMs;
    target.vitals.answered(now, isSick, isSlow);
    this.#core.count(target.site, now, now - this.#startedAt, isServerError);
    const length = headers["content-length"];
    const { slowClientTimeoutMs } = this.#core.config.limits;
    const bytes = typeof length === "string" ? Number(length) : -1;
    this.#reply.head(status, this.#fieldsFor(target, headers), bytes, slowClientTimeoutMs);
  }

  chunk(bytes: Buffer): boolean {
    return this.#reply.body(bytes);
  }

  ended(): void {
    this.#isOver = true;
    this.#reply.end();
    if (this.#feed && !this.#feed.hasEnded) this.#feed.discard();
  }

  upgraded(attempt: Attempt, status: number, headers: Headers, upstream: Duplex): void {
    const now = this.#core.now();
    attempt.target.vitals.answered(now, false, false);
    this.#core.count(attempt.target.site, now, now - this.#startedAt, false);
    this.#isOver = true;
    const { socket, early } = this.#client!;
    this.#res.detachSocket(this.#req.socket);
    tunnel(socket, early, upstream, status, this.#fieldsFor(attempt.target, headers), headers);
  }

  broken(attempt: Attempt): void {
    if (this.#isOver) return;
    attempt.target.site.meter.errors += 1;
    this.#isOver = true;
    this.#res.destroy();
  }

  failed(attempt: Attempt, failure: Failure): void {
    if (failure === "unsendable") {
      this.refuse(400, "bad-request");
      return;
    }
    attempt.target.vitals.failed(this.#core.now(), failure);
    if (this.#isOver) return;
    const next = this.#next(attempt, failure);
    if (next && this.#mayRetry(attempt)) {
      this.#try(next);
      return;
    }
    this.refuse(failure === "timeout" ? 504 : 502, failure);
  }

  overdue(attempt: Attempt, now: number): void {
    if (!attempt.isOverdue) {
      attempt.isOverdue = true;
      // This may put the target out, and `rescue` what waits there, this one included.
      attempt.target.vitals.failed(now, "timeout");
      if (this.#isOver || this.#attempt !== attempt) return;
    }
    if (this.#isOver) return;
    const { requestTimeoutMs } = this.#core.config.limits;
    const isHopeless = this.#wasRetried && !attempt.target.vitals.healthy && !this.#core.router.failingOpen;
    if (!this.#canRepeat || isHopeless || now - attempt.startedAt >= requestTimeoutMs) {
      attempt.abandon();
      this.refuse(504, "timeout");
      return;
    }
    if (!this.rescue(attempt)) this.#core.lanes.again.join(attempt, now);
  }

  /** Moves a request that has no answer yet to another target, where the rules allow; an answer may still come where they do not. */
  rescue(attempt: Attempt): boolean {
    if (this.#isOver || this.#attempt !== attempt || attempt.wasAnswered) return false;
    const next = this.#canRepeat && !this.#wasRetried ? this.#core.router.pickOther(this.#tried) : undefined;
    if (!next || !this.#mayRetry(attempt)) return false;
    attempt.abandon();
    this.#try(next);
    return true;
  }

  // Inside ------------------------------------------------------------------------------------------

  #first(): void {
    if (this.#isOver) return;
    const now = this.#core.now();
    const target = this.#remembered() ?? this.#core.router.pick();
    if (!target) {
      this.refuse(503, "no-target");
      return;
    }
    this.#core.budget.first(now);
    this.#try(target);
  }

  #try(target: Target): void {
    this.#tried.push(target);
    const sending = this.#sending;
    const fields = sending.headers;
    // On a second try the last pair is the first try's host.
    if (this.#tried.length > 1) fields.length -= 2;
    fields.push("host", target.config.host ?? this.#host ?? target.url.host);
    sending.servername = target.url.hostname;
    if (this.#feed) sending.body = this.#feed.stream();
    const { lanes } = this.#core;
    this.#attempt = new Attempt(this.#core, this, target, this.#canRepeat);
    this.#attempt.start(sending, this.#canRepeat ? lanes.firstByte : lanes.request);
  }

  #next(attempt: Attempt, failure: Failure): Target | undefined {
    const other = this.#core.router.pickOther(this.#tried);
    // A connection that had rested may have been closed at this very moment: the same target may well answer on a fresh one.
    return other ?? (failure === "reset" && attempt.isReused ? attempt.target : undefined);
  }

  /** Takes from the budget where it says yes. */
  #mayRetry(attempt: Attempt): boolean {
    if (this.#feed && !this.#feed.canReplay) return false;
    if (!attempt.wasSent && !attempt.isOverdue) return this.#tried.length < MAX_TRIES;
    if (!this.#canRepeat || this.#wasRetried || !this.#core.budget.take(this.#core.now())) return false;
    this.#wasRetried = true;
    this.#core.retries += 1;
    return true;
  }

  #remembered(): Target | undefined {
    if (this.#core.config.affinity !== "session" || this.#cookie === undefined) return undefined;
    const claim = claimed(this.#cookie);
    const target = claim && this.#core.target(claim.site, claim.target);
    if (!target || !isGenuine(claim, target.cookie)) return undefined;
    return this.#core.router.keeps(target) ? target : undefined;
  }

  #fieldsFor(target: Target, headers: Headers): string[] {
    const fields = responseFields(headers);
    fields.push("x-trimaran-site", target.site.name, "x-trimaran-revision", target.config.revision);
    if (this.#core.config.affinity === "session" && !this.#cookie?.includes(target.cookie)) {
      fields.push("set-cookie", setCookie(target.cookie, this.#core.isTls));
    }
    if (this.#core.isDraining) fields.push("connection", "close");
    return fields;
  }

  #giveUp(status: number, error: string): void {
    if (!this.#res.headersSent) {
      this.refuse(status, error);
      return;
    }
    this.#attempt?.abandon();
    this.#res.destroy();
  }

  #closed(): void {
    this.#feed?.stop();
    if (this.#isOver && this.#res.writableFinished) return;
    this.#isOver = true;
    this.#attempt?.abandon();
  }
}
