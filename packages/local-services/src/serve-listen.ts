import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type LocalCloudConfig, TrimaranError } from "@trimaran/contract";
import type { LocalService } from "./core/types.ts";

export interface Listening {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** How long requests that run may go on when the service closes. */
const GRACE_MS = 2000;
/** Room for metadata and long signed query strings. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Listens for one service on 127.0.0.1: on the wanted port, else on a free one. unavailable when the port is taken. */
export async function listen(
  service: LocalService,
  wanted: number | undefined,
  tls: LocalCloudConfig["tls"],
  now: () => number,
): Promise<Listening> {
  try {
    if (service.transport === "grpc") return await listenGrpc(service, wanted ?? 0, tls);
    return await listenHttp(service, wanted ?? 0, tls, now);
  } catch (e) {
    if (wanted === undefined) throw e;
    const isTaken = /EADDRINUSE/.test(String((e as NodeJS.ErrnoException).code ?? e));
    const problem = isTaken ? "is taken by another program" : "cannot be opened";
    throw new TrimaranError("unavailable", `port ${wanted}, wanted for ${service.name}, ${problem}`, {
      cause: e,
      hint: `choose another port for ${service.name}, or none to get a free one`,
    });
  }
}

async function listenHttp(
  service: LocalService,
  port: number,
  tls: LocalCloudConfig["tls"],
  now: () => number,
): Promise<Listening> {
  const handle = service.handle;
  if (handle === undefined) throw new TrimaranError("internal", `${service.name} has no request handler`);
  const safely = (request: IncomingMessage, response: ServerResponse) => {
    // A client that goes away in the middle is no failure of the service.
    request.on("error", () => {});
    response.on("error", () => {});
    // Clients set their clock by it before they sign again.
    response.setHeader("date", new Date(now()).toUTCString());
    handle(request, response);
  };
  // No time limit on a request: an upload may take as long as it moves (headers have one of their own).
  const options = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0, keepAliveTimeout: 65_000, noDelay: true };
  const server: Server =
    service.transport === "http"
      ? createHttpServer(options, safely)
      : createHttpsServer({ ...options, key: tls.key, cert: tls.certificate }, safely);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const at = (server.address() as AddressInfo).port;
  return { name: service.name, port: at, url: `${service.transport}://${HOST}:${at}`, close: () => closeHttp(server) };
}

function closeHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function listenGrpc(service: LocalService, port: number, tls: LocalCloudConfig["tls"]): Promise<Listening> {
  const { Server, ServerCredentials } = await import("@grpc/grpc-js");
  const server = new Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024, "grpc.so_reuseport": 0 });
  service.register?.(server);
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) };
  const at = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createSsl(null, [pair]), (e, bound) =>
      e === null ? resolve(bound) : reject(e),
    );
  });
  const close = () =>
    new Promise<void>((resolve) => {
      const force = setTimeout(() => server.forceShutdown(), GRACE_MS);
      server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  return { name: service.name, port: at, url: `https://${HOST}:${at}`, close };
}
