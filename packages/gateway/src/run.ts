import type net from "node:net";
import { type GatewayReady, type GatewayStart, TrimaranError } from "@trimaran/contract";
import { createControlServer, listening, listenOnSocket } from "./control.ts";
import { createGateway, type World } from "./gateway.ts";
import { createClientServer } from "./server.ts";

export interface Running {
  readonly ready: GatewayReady;
  /** Lets requests finish, for `drainMs` at most, then stops everything. */
  drain(): Promise<void>;
}

/**
 * Opens both doors: the one for clients and the control socket. Throws already_exists where the port is taken (the message names it),
 * permission_denied where it may not be had, not_found where the host is not this machine's.
 */
export async function runGateway(start: GatewayStart, pid: number, world: World): Promise<Running> {
  const gateway = createGateway(start.config, start.tls !== undefined, world);
  const clients = createClientServer(gateway.core, start.tls);
  const control = createControlServer(gateway, clients);
  try {
    await listenOnSocket(control, start.controlSocket);
    await listenForClients(clients.server, start.listen);
  } catch (e) {
    gateway.stop();
    control.close();
    throw e;
  }
  const { port } = clients.server.address() as net.AddressInfo;
  const { host } = start.listen;
  const reachable =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  return {
    ready: { ready: true, url: `${start.tls ? "https" : "http"}://${reachable}:${port}`, pid, port },
    async drain() {
      await clients.drain(start.drainMs ?? 10_000);
      gateway.stop();
      control.close();
      control.closeAllConnections();
    },
  };
}

async function listenForClients(server: net.Server, { host, port }: GatewayStart["listen"]): Promise<void> {
  try {
    await listening(server, { host, port, backlog: 1024 });
  } catch (cause) {
    const hint = "choose another port, or 0 for a free one";
    switch ((cause as NodeJS.ErrnoException).code) {
      case "EADDRINUSE":
        throw new TrimaranError("already_exists", `port ${port} on ${host} is taken by another program`, {
          cause,
          hint,
        });
      case "EACCES":
        throw new TrimaranError("permission_denied", `port ${port} on ${host} may not be opened by this user`, {
          cause,
          hint,
        });
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
        throw new TrimaranError("not_found", `${host} is not an address of this machine`, { cause });
      default:
        throw cause;
    }
  }
}
