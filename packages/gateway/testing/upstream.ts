/**
 * A small app, as a process of its own, to stand behind the gateway in tests. Prints its port as one line; argument 1 is its name,
 * argument 2 a port (0 for a free one). TLS_KEY and TLS_CERTIFICATE in the environment make it speak HTTPS.
 */
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const [name = "upstream", port = "0"] = process.argv.slice(2);
const state = { health: 200, status: 200, delayMs: 0, served: 0 };

async function serve(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
  const url = new URL(req.url!, "http://upstream");
  const number = (key: string) => Number(url.searchParams.get(key));
  if (url.pathname === "/health") {
    res.writeHead(state.health).end();
    return;
  }
  state.served += 1;
  switch (url.pathname) {
    case "/set":
      for (const key of ["health", "status", "delayMs"] as const)
        if (url.searchParams.has(key)) state[key] = number(key);
      break;
    case "/delay":
      await wait(number("ms"));
      break;
    case "/reset":
      req.socket.resetAndDestroy();
      return;
    case "/breaks":
      res.writeHead(200, { "content-length": 100 });
      res.write("only this", () => req.socket.destroy());
      return;
    case "/download":
      return download(res, number("bytes"));
    case "/upload":
      return upload(req, res);
    case "/events":
      return events(req, res);
    case "/early-hints":
      res.writeEarlyHints({ link: "</style.css>; rel=preload" });
      break;
  }
  if (state.delayMs > 0) await wait(state.delayMs);
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const said = JSON.stringify({
    name,
    method: req.method,
    url: req.url,
    raw: req.rawHeaders,
    body,
    served: state.served,
  });
  const retryAfter = url.searchParams.has("retry-after") ? { "retry-after": "5" } : {};
  res.writeHead(url.searchParams.has("status") ? number("status") : state.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(said),
    connection: "keep-alive, x-private",
    "x-private": "between the two of us",
    "set-cookie": ["a=1", "b=2"],
    ...retryAfter,
  });
  res.end(said);
}

function download(res: http.ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(64 * 1024, "x");
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const size = Math.min(left, chunk.length);
      left -= size;
      if (!res.write(size === chunk.length ? chunk : chunk.subarray(0, size))) {
        res.once("drain", more);
        return;
      }
    }
    res.end();
  };
  more();
}

function upload(req: http.IncomingMessage, res: http.ServerResponse): void {
  let bytes = 0;
  req.on("data", (chunk: Buffer) => (bytes += chunk.length));
  req.on("end", () => res.end(JSON.stringify({ name, bytes })));
}

/** One event each time somebody asks for one with POST /events. */
const listeners = new Set<http.ServerResponse>();
function events(req: http.IncomingMessage, res: http.ServerResponse): void {
  if (req.method === "POST") {
    for (const listener of listeners) listener.write(`data: ${name}\n\n`);
    res.end();
    return;
  }
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.flushHeaders();
  listeners.add(res);
  res.on("close", () => listeners.delete(res));
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const handler = (req: http.IncomingMessage, res: http.ServerResponse) =>
  void serve(req, res).catch(() => res.destroy());
const { TLS_KEY: key, TLS_CERTIFICATE: cert } = process.env;
const server = key && cert ? https.createServer({ key, cert }, handler) : http.createServer(handler);
const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (req, socket, head) => {
  if (req.url === "/refused") {
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
    return;
  }
  sockets.handleUpgrade(req, socket, head, (ws) => {
    ws.on("message", (data) => ws.send(`${name}: ${String(data)}`));
  });
});
server.listen(Number(port), "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
