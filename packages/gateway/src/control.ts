import { chmodSync, unlinkSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { codeOf, codes, type ErrorReport, isTrimaranError, TrimaranError } from "@trimaran/contract";
import { parseConfig } from "./config.ts";
import type { Gateway } from "./gateway.ts";
import type { ClientServer } from "./server.ts";

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** The control API: `PUT /config`, `GET /config`, `GET /stats`, `GET /events`. Errors are `ErrorReport`s. */
export function createControlServer(gateway: Gateway, clients: ClientServer): http.Server {
  return http.createServer((req, res) => {
    void answer(gateway, clients, req, res).catch((e: unknown) => {
      const code = codeOf(e);
      sendJson(res, codes[code].http, reportOf(e));
    });
  });
}

export function reportOf(e: unknown): ErrorReport {
  if (isTrimaranError(e)) {
    return { error: { code: e.code, message: e.message, ...(e.hint === undefined ? {} : { hint: e.hint }) } };
  }
  return { error: { code: "internal", message: "the gateway met an error that it does not know" } };
}

async function answer(
  gateway: Gateway,
  clients: ClientServer,
  req: http.IncomingMessage,
  res: http.ServerResponse,
): Promise<void> {
  switch (`${req.method} ${req.url}`) {
    case "PUT /config": {
      const config = parseConfig(await readJson(req));
      gateway.apply(config);
      clients.configure(config);
      return sendJson(res, 200, gateway.core.config);
    }
    case "GET /config":
      return sendJson(res, 200, gateway.core.config);
    case "GET /stats":
      return sendJson(res, 200, gateway.stats(clients.openConnections()));
    case "GET /events": {
      res.writeHead(200, { "content-type": "application/jsonl" });
      res.flushHeaders();
      const stop = gateway.events.listen((event) => res.write(`${JSON.stringify(event)}\n`));
      res.on("close", stop);
      return;
    }
    default:
      throw new TrimaranError(
        "not_found",
        "the gateway's control API knows GET and PUT /config, GET /stats, GET /events",
      );
  }
}

async function readJson(req: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_CONFIG_BYTES) throw new TrimaranError("invalid_argument", "the configuration is larger than 4 MiB");
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString("utf8"));
}

/** invalid_argument where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TrimaranError("invalid_argument", "this is not JSON", { cause });
  }
}

function sendJson(res: http.ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Listens on the path, for its owner only. A socket that a dead process left is replaced; already_exists where someone answers on it. */
export async function listenOnSocket(server: http.Server, path: string): Promise<void> {
  // The kernel's sun_path holds 108 bytes (unix(7)); Node would cut a longer one.
  if (Buffer.byteLength(path) > 107) {
    throw new TrimaranError("invalid_argument", "the path of the control socket is longer than 107 bytes", {
      hint: "use a folder with a shorter path",
    });
  }
  try {
    await listening(server, { path });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== "EADDRINUSE") throw e;
    if (await isAnswered(path)) {
      throw new TrimaranError("already_exists", "another gateway answers on the control socket", { cause: e });
    }
    unlinkSync(path);
    await listening(server, { path });
  }
  chmodSync(path, 0o600);
}

/** Resolves when it listens; rejects with the system's error. */
export function listening(server: net.Server, options: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
