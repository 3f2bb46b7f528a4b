import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Fault } from "../faults/fault.ts";
import { forwardHttp2 } from "./fault-proxy-http2.ts";
import { makeSwitch, type Switch } from "./fault-switch.ts";

/** The vendor's own answer; over gRPC `status` is a gRPC code and `body` its message. */
export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FaultProxyOptions {
  /** The service: "https://127.0.0.1:4001". */
  readonly target: string;
  /** PEM. What the service itself shows, so that clients trust this as well; without it plain HTTP is spoken. */
  readonly tls?: { readonly key: string; readonly certificate: string; readonly authority: string };
  readonly protocol: "http" | "grpc";
  readonly answers: Readonly<Record<"throttled" | "expired", VendorAnswer>>;
}

export interface FaultProxy {
  readonly url: string;
  set(fault: Fault | undefined): void;
  stop(): Promise<void>;
}

export interface Context extends FaultProxyOptions {
  readonly faults: Switch;
  readonly agent: Agent;
}

/** A server on 127.0.0.1 that passes requests on, headers as they came, and spoils what it is told to spoil. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const faults = makeSwitch();
  const { tls } = options;
  const agent =
    tls === undefined ? new Agent({ keepAlive: true }) : new TlsAgent({ keepAlive: true, ca: tls.authority });
  const context = { ...options, faults, agent };
  const grpc = options.protocol === "grpc" ? forwardHttp2(context) : undefined;
  const handle = (req: IncomingMessage, res: ServerResponse) => answer(context, req, res);
  const server =
    grpc?.server ??
    (tls === undefined ? createServer(handle) : createTlsServer({ key: tls.key, cert: tls.certificate }, handle));
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => {
    sockets.add(socket);
    socket.on("error", () => {}); // Spoiled connections end with errors on this side as well.
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", keep);
  server.on("secureConnection", keep);
  await new Promise<void>((resolve) => (server as Server).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    set: faults.set,
    async stop() {
      faults.set(undefined);
      grpc?.end();
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(context: Context, req: IncomingMessage, res: ServerResponse): void {
  const fault = context.faults.next();
  if (fault?.what === "silent") {
    req.resume();
    context.faults.hold(() => req.socket.destroy());
    return;
  }
  if (fault?.what === "throttled" || fault?.what === "expired") {
    const { status, headers, body } = context.answers[fault.what];
    req.resume();
    req.once("end", () => {
      res.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
      res.end(req.method === "HEAD" ? undefined : body);
    });
    return;
  }
  const url = new URL(context.target);
  const ask = url.protocol === "https:" ? tlsRequest : request;
  const up = ask({
    host: url.hostname,
    port: url.port,
    method: req.method,
    path: req.url,
    headers: req.rawHeaders,
    setHost: false,
    agent: context.agent,
  });
  up.on("error", () => req.socket.destroy());
  res.once("close", () => res.writableFinished || up.destroy());
  if (fault?.what === "cut") {
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size >= fault.afterBytes) req.socket.destroy();
    });
  }
  up.on("response", (from) => {
    if (fault?.what === "lost") {
      from.resume();
      from.once("end", () => req.socket.destroy());
      return;
    }
    res.writeHead(from.statusCode ?? 502, from.rawHeaders);
    if (fault?.what !== "reset" && fault?.what !== "truncated") {
      from.pipe(res);
      return;
    }
    let left = fault.afterBytes;
    from.on("data", (chunk: Buffer) => {
      if (left <= 0) return;
      res.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      // What was written is to arrive before the end does.
      setImmediate(() => (fault.what === "reset" ? req.socket.destroy() : req.socket.end()));
    });
    from.once("end", () => left > 0 && res.end());
  });
  req.pipe(up);
}
