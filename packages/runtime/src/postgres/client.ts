import type { PostgresDriver } from "@trimaran/contract";
import type { Client } from "pg";

/** What of `pg` is used. */
export type Pg = Pick<typeof import("pg"), "Client" | "Pool">;
export type Role = "owner" | "app" | "read";

/** What of a client is set between its making and its connecting. */
interface Unconnected {
  host: string;
  port: number;
  user: string | undefined;
  database: string | undefined;
  password: unknown;
  ssl: unknown;
  readonly connectionParameters: Record<string, unknown>;
  readonly connection: { ssl: unknown; readonly stream: { readonly destroyed: boolean } };
}
type Connected = (error?: Error) => void;

/**
 * A class of clients that ask the driver for address and credentials each time they connect, so that a rotated password, a token that
 * ran out, another user and a database that moved are all picked up by the next connection.
 */
export function clientClass(pg: Pg, driver: PostgresDriver, role: Role, timeoutMs: number): typeof Client {
  return class extends pg.Client {
    override connect(): Promise<this>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<this> | undefined {
      const connected = this.#prepare().then(() => super.connect()) as Promise<this>;
      if (callback === undefined) return connected;
      connected.then(
        () => callback(),
        (e: Error) => callback(e),
      );
      return undefined;
    }

    async #prepare(): Promise<void> {
      const call = { signal: AbortSignal.timeout(timeoutMs) };
      const endpoint = await driver.endpoint(role, call);
      const { user, password } = await endpoint.credentials(call);
      const self = this as unknown as Unconnected;
      const { host, port, database, tls, ca } = endpoint;
      // `host` here is whom the certificate must name, also where it is an address.
      const ssl = tls === "off" ? false : { rejectUnauthorized: true, host, ...(ca === undefined ? {} : { ca }) };
      Object.assign(self, { host, port, database, user, ssl });
      Object.assign(self.connectionParameters, {
        host,
        port,
        database,
        user,
        ssl,
        isDomainSocket: host.startsWith("/"),
      });
      self.password = password;
      self.connection.ssl = ssl;
      if (self.connection.stream.destroyed) throw new Error("timeout expired");
    }
  };
}
