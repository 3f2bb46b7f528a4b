import { codeOf, isTrimaranError, type PostgresDriver, TrimaranError } from "@trimaran/contract";
import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import { type CallOptions, type Limit, limit, type PortContext, repeated, siteOf, wait } from "../limits.ts";
import { clientClass, type Pg, type Role } from "./client.ts";
import { classifyPostgres } from "./errors.ts";

export interface PostgresOptions {
  /** `app` reads and writes rows, `owner` also changes the schema, `read` only reads; `app` when left out. */
  readonly role?: Role;
  /** Connections at most; 10 when left out. */
  readonly max?: number;
  /** Gets errors of idle connections, which the pool replaces by itself. */
  readonly onIdleError?: (error: TrimaranError) => void;
}

export interface TransactionOptions extends CallOptions {
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  readonly readOnly?: boolean;
  /** How often `work` may run when transactions collide (conflict); 1 when left out. */
  readonly tries?: number;
}

const connectTimeoutMs = 5_000;

/**
 * A pool of `pg` that is ready to use: TLS verified against the binding's authority, credentials read for each new connection, connections
 * replaced after a restart or a failover. `query` and `transaction` wait for a server that is coming back, give up at `timeoutMs`
 * and end the work at the server then; what is sent once is never sent again.
 */
export class Postgres implements AsyncDisposable {
  /** For what the port does not offer, and for libraries that take a pool. Its errors are `pg`'s own. */
  readonly pool: Pool;
  readonly #driver: PostgresDriver;
  readonly #context: PortContext;
  #closing: Promise<void> | undefined;

  constructor(pg: Pg, driver: PostgresDriver, context: PortContext, options: PostgresOptions = {}) {
    const { role = "app", max = 10, onIdleError } = options;
    this.#driver = driver;
    this.#context = { ...context, classify: (e) => classifyPostgres(e) ?? context.classify(e) };
    this.pool = new pg.Pool({
      Client: clientClass(pg, driver, role, connectTimeoutMs),
      max,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 30 * 60,
      keepAlive: true,
      application_name: `trimaran ${context.resource}`.slice(0, 63),
    } as ConstructorParameters<Pg["Pool"]>[0]);
    // Without a listener an idle connection that breaks would end the process.
    this.pool.on("error", (e) => onIdleError?.(this.#named(e, "idle")));
  }

  /** The pool itself. */
  get native(): unknown {
    return this.pool;
  }

  /** One statement, with values for $1, $2, ... `timeoutMs` 10,000 when left out. The error's `cause` is `pg`'s, with its SQLSTATE. */
  async query<Row extends QueryResultRow = QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    options: CallOptions = {},
  ): Promise<QueryResult<Row>> {
    return this.#within(options, "query", async (client, bound) => {
      return bound.within(client.query<Row>(text, [...values]));
    });
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. Errors of the database come under our codes
   * (two transactions that collide: conflict), the app's own as they are. `timeoutMs` is for one run.
   */
  async transaction<T>(work: (client: PoolClient) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { isolation = "read committed", readOnly = false, tries = 1 } = options;
    const begin = `begin isolation level ${isolation}${readOnly ? " read only" : ""}`;
    for (let i = 1; ; i++) {
      try {
        return await this.#within(options, "transaction", async (client, bound) => {
          await bound.within(client.query(begin));
          const result = await bound.within(work(client)).catch(async (e: unknown) => {
            if (!bound.signal.aborted) await client.query("rollback");
            throw e;
          });
          await bound.within(client.query("commit"));
          return result;
        });
      } catch (e) {
        if (i >= tries || codeOf(e) !== "conflict") throw e;
        const pause = limit(options, this.#what("transaction"), this.#context);
        await wait(this.#context.random() * Math.min(500, 10 * 2 ** i), pause).finally(() => pause.end());
      }
    }
  }

  /** Waits for the connections that are in use. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
    await this.#driver.close();
  }

  async #within<T>(
    options: CallOptions,
    op: string,
    work: (client: PoolClient, bound: Limit) => Promise<T>,
  ): Promise<T> {
    const bound = limit(options, this.#what(op), this.#context);
    let client: PoolClient | undefined;
    let broken = false;
    const onError = () => {
      broken = true; // The query under way rejects with the same error; the pool must not get this connection back.
    };
    try {
      client = await this.#connect(bound);
      client.on("error", onError);
      return await work(client, bound);
    } catch (e) {
      if (bound.signal.aborted && client !== undefined) {
        broken = true;
        this.#cancel(client);
      }
      const code = classifyPostgres(e);
      if (code === "unavailable") broken = true;
      throw code === undefined && !isTrimaranError(e) ? e : this.#named(e, op);
    } finally {
      bound.end();
      client?.off("error", onError);
      client?.release(broken);
    }
  }

  /** Nothing was sent before there is a connection: this is tried again until the limit, as long as a server needs to come back. */
  async #connect(bound: Limit): Promise<PoolClient> {
    const connect = async () => {
      const client = await this.pool.connect();
      if (bound.signal.aborted) client.release(); // Too late: nobody waits for it.
      return client;
    };
    const connecting = repeated("always", bound, this.#context, connect, Number.POSITIVE_INFINITY);
    return connecting.catch((e: unknown) => {
      throw this.#named(e, "connect");
    });
  }

  /** Ends what the connection is doing at the server, by way of another connection; a dropped one alone would go on. */
  #cancel(client: PoolClient): void {
    const { processID } = client as unknown as { readonly processID: number | null };
    if (processID === null) return;
    this.pool.query("select pg_cancel_backend($1)", [processID]).catch((e: Error) => {
      this.pool.emit("error", e, client); // The server is gone, and the query with it.
    });
  }

  #what(op: string): string {
    return `${this.#driver.id} ${op} ${this.#context.resource}`;
  }

  #named(e: unknown, op: string): TrimaranError {
    if (isTrimaranError(e)) return e;
    const at = { driver: this.#driver.id, op, ...siteOf(this.#context) };
    return new TrimaranError(codeOf(e, this.#context.classify), this.#what(op), { cause: e, at });
  }
}
