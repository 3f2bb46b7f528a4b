import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { GatewayConfig } from "@trimaran/contract";
import type { Core } from "./core.ts";
import { Exchange } from "./exchange.ts";
import { rawRefusal } from "./refusals.ts";

/** Longer than load balancers in front keep their idle connections, so that it is never the gateway that closes one under a request. */
const IDLE_CLIENT_MS = 75_000;

export interface ClientServer {
  readonly server: http.Server | https.Server;
  openConnections(): number;
  /** Limits of a new configuration; they hold for new connections. */
  configure(config: GatewayConfig): void;
  /** Accepts nothing new, lets requests finish, and cuts what is left after `limitMs`. */
  drain(limitMs: number): Promise<void>;
}

export function createClientServer(
  core: Core,
  tls?: { readonly key: string; readonly certificate: string },
): ClientServer {
  const options = {
    noDelay: true,
    keepAlive: true,
    keepAliveTimeout: IDLE_CLIENT_MS,
    requestTimeout: 0, // bodies may take long; `Feed` watches their progress
    headersTimeout: core.config.limits.slowClientTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, Math.max(50, core.config.limits.slowClientTimeoutMs / 4)),
    insecureHTTPParser: false,
    maxHeaderSize: core.config.limits.maxHeaderBytes,
    // HTTP/2 is not spoken here, and a body before an upgrade is not carried: such a request is answered as if it had not asked.
    shouldUpgradeCallback: (req: http.IncomingMessage) => isTunnelable(req),
  };
  const server = tls
    ? https.createServer({ ...options, key: tls.key, cert: tls.certificate })
    : http.createServer(options);
  server.maxHeadersCount = 0; // bytes are the limit; by count, Node would leave fields out silently
  const sockets = new Set<Socket>();
  const answering = new WeakMap<Duplex, http.ServerResponse>();

  function serve(req: http.IncomingMessage, res: http.ServerResponse, expectsContinue: boolean): void {
    answering.set(req.socket, res);
    if (req.url === "*" && req.method === "OPTIONS") {
      res.writeHead(204).end(); // about the server itself: RFC 9110, 9.3.7
      return;
    }
    new Exchange(core, req, res).begin(expectsContinue);
  }
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (req, res) => serve(req, res, false));
  server.on("checkContinue", (req, res) => serve(req, res, true));
  server.on("upgrade", (req, socket, early) => {
    // Refusals, and answers of upstreams that do not upgrade, take the usual way.
    const res = new http.ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(req.socket);
    res.once("finish", () => socket.end());
    socket.on("error", () => socket.destroy());
    if (!isTunnelable(req)) {
      res.writeHead(400, { "x-trimaran-error": "bad-request", connection: "close" }).end();
      return;
    }
    new Exchange(core, req, res).begin(false, { socket, early });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const busy = answering.get(socket);
    const isSilent = !busy || busy.writableFinished;
    if (!socket.writable || error.code === "ECONNRESET" || !(isSilent || !busy.headersSent)) {
      socket.destroy();
      return;
    }
    socket.end(refusalOf(error.code), () => socket.destroy());
  });

  return {
    server,
    openConnections: () => sockets.size,
    configure({ limits }) {
      server.headersTimeout = limits.slowClientTimeoutMs;
      Object.assign(server, { maxHeaderSize: limits.maxHeaderBytes });
    },
    async drain(limitMs) {
      core.isDraining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, limitMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
      for (const socket of sockets) socket.destroy();
    },
  };
}

function isTunnelable(req: http.IncomingMessage): boolean {
  const { headers } = req;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return req.method === "GET" && !hasBody && !/^h2c?$/i.test(headers.upgrade ?? "");
}

/** https://nodejs.org/api/http.html#event-clienterror */
function refusalOf(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return rawRefusal(431, "headers-too-large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return rawRefusal(408, "slow-client");
  return rawRefusal(400, "bad-request");
}
