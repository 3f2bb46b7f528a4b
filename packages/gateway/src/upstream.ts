import type { buildConnector } from "undici";
import { Client } from "undici";

/**
 * The connections to one target. One undici client is one connection with one request at a time: so it is known for each request whether
 * its connection is fresh, whether a byte of it was sent, and an abandoned request takes down nothing but its own connection.
 */
export interface Connection {
  readonly client: Client;
  idleSince: number;
  isIdle: boolean;
  /** Requests so far, the present one included. */
  uses: number;
}

/** Idle connections are closed after this time, or a second before the target's own announced limit. */
const IDLE_MS = 4000;
/**
 * A request that must not be sent twice takes no connection that rested longer: the target may be closing it at this moment, unannounced
 * (the shortest limit in common use is two seconds).
 */
const FRESH_MS = 1000;

export class Upstream {
  readonly #origin: string;
  readonly #connect: buildConnector.connector;
  /** Last in, first out: what is not needed comes to rest long enough to be closed. */
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #closed = false;

  constructor(origin: string, connect: buildConnector.connector) {
    this.#origin = origin;
    this.#connect = connect;
  }

  acquire(now: number, canRepeat: boolean): Connection {
    const last = this.#idle.at(-1);
    if (last && (canRepeat || now - last.idleSince <= FRESH_MS)) {
      this.#idle.pop();
      last.isIdle = false;
      last.uses += 1;
      return last;
    }
    const client = new Client(this.#origin, {
      connect: this.#connect,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      keepAliveTimeoutThreshold: 1000,
      maxHeaderSize: 65_536,
    });
    const connection: Connection = { client, idleSince: now, isIdle: false, uses: 1 };
    this.#all.add(connection);
    client.on("disconnect", () => {
      if (connection.isIdle) this.drop(connection);
    });
    return connection;
  }

  /** Its request is over; where the connection is, too, undici opens it anew for the next one. */
  release(connection: Connection, now: number): void {
    if (this.#closed) {
      this.drop(connection);
      return;
    }
    connection.idleSince = now;
    connection.isIdle = true;
    this.#idle.push(connection);
  }

  drop(connection: Connection): void {
    if (connection.isIdle) {
      connection.isIdle = false;
      this.#idle.splice(this.#idle.indexOf(connection), 1);
    }
    this.#all.delete(connection);
    connection.client.destroy(() => {});
  }

  /** Idle connections at once, the others when their requests are over. */
  close(): void {
    this.#closed = true;
    for (const connection of [...this.#idle]) this.drop(connection);
  }
}
