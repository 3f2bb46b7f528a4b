import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type ChaosRequest,
  chaosActions,
  codeOf,
  codes,
  type ErrorReport,
  isTrimaranError,
  type StatusReport,
  type TrafficReport,
  TrimaranError,
} from "@trimaran/contract";
import type { Events } from "./events.ts";

const LIMIT_BYTES = 1024 * 1024;

/** What the control API offers, by word. */
export interface Controls {
  status(): StatusReport;
  traffic(): Promise<TrafficReport>;
  setTraffic(weights: Readonly<Record<string, number>>): Promise<TrafficReport>;
  chaos(request: ChaosRequest): Promise<void>;
  stop(): Promise<void>;
}

/** Listens on a Unix socket for its owner only: GET /status, GET /events, GET|POST /traffic, POST /chaos, POST /stop. */
export async function serveControl(path: string, controls: Controls, events: Events): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(controls, events, request, response).catch((e: unknown) =>
      send(response, codes[codeOf(e)].http, reportOf(e)),
    );
  });
  // We hold the lock, so a socket that is there is a dead controller's.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

async function answer(
  controls: Controls,
  events: Events,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case "GET /status":
      return send(response, 200, controls.status());
    case "GET /traffic":
      return send(response, 200, await controls.traffic());
    case "POST /traffic":
      return send(response, 200, await controls.setTraffic(parseWeights(await readBody(request))));
    case "POST /chaos":
      await controls.chaos(parseChaos(await readBody(request)));
      return send(response, 200, {});
    case "POST /stop":
      await controls.stop();
      return send(response, 200, {});
    case "GET /events":
      return streamEvents(events, response);
    default:
      throw new TrimaranError("not_found", "the control API does not know this", {
        hint: "GET /status, GET /events, GET|POST /traffic, POST /chaos, POST /stop",
      });
  }
}

function streamEvents(events: Events, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders();
  const unlisten = events.listen((event) => {
    response.write(`${JSON.stringify(event)}\n`);
    if (event.type === "stopped") response.end();
  });
  response.on("close", unlisten);
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new TrimaranError("invalid_argument", "the body is too large");
    chunks.push(chunk);
  }
  try {
    const read: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof read === "object" && read !== null && !Array.isArray(read))
      return read as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TrimaranError("invalid_argument", "the body is not JSON", { cause });
  }
  throw new TrimaranError("invalid_argument", "the body is no JSON object");
}

function parseWeights(body: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const { weights } = body;
  const isMap = typeof weights === "object" && weights !== null && !Array.isArray(weights);
  if (isMap && Object.values(weights).every((w) => typeof w === "number" && Number.isFinite(w) && w >= 0)) {
    return weights as Readonly<Record<string, number>>;
  }
  throw new TrimaranError("invalid_argument", "weights are numbers of 0 or more by site", {
    hint: '{ "weights": { "aws": 70, "azure": 30 } }',
  });
}

function parseChaos(body: Readonly<Record<string, unknown>>): ChaosRequest {
  const { action, site, only } = body;
  const known = ["heal", ...chaosActions].find((a) => a === action) as ChaosRequest["action"] | undefined;
  if (known === undefined || typeof site !== "string")
    throw new TrimaranError("invalid_argument", "chaos needs an action and a site", { hint: "trimaran chaos --help" });
  if (only === undefined) return { action: known, site };
  if (only === "instances" || only === "services") return { action: known, site, only };
  throw new TrimaranError("invalid_argument", "only is 'instances' or 'services'");
}

export function reportOf(e: unknown): ErrorReport {
  if (!isTrimaranError(e))
    return { error: { code: "internal", message: "the controller met an error that it does not know" } };
  return { error: { code: e.code, message: e.message, ...(e.hint === undefined ? {} : { hint: e.hint }) } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
