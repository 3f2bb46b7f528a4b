import http from "node:http";
import {
  codes,
  type ErrorCode,
  type ErrorReport,
  type GatewayConfig,
  type GatewayEvent,
  type GatewayStats,
  TrimaranError,
} from "@trimaran/contract";

/** A running gateway, through its control socket. Every call throws unavailable where none answers, and what the gateway says otherwise. */
export interface GatewayControl {
  /** The whole desired configuration; the same one twice changes nothing. */
  putConfig(config: GatewayConfig): Promise<void>;
  config(): Promise<GatewayConfig>;
  stats(): Promise<GatewayStats>;
  /** As they happen, until the signal is aborted or the gateway ends. */
  events(signal: AbortSignal): AsyncIterable<GatewayEvent>;
}

export function gatewayControl(socketPath: string): GatewayControl {
  return {
    async putConfig(config) {
      await json(socketPath, "PUT", "/config", config);
    },
    config: async () => (await json(socketPath, "GET", "/config")) as GatewayConfig,
    stats: async () => (await json(socketPath, "GET", "/stats")) as GatewayStats,
    async *events(signal) {
      const answer = await call(socketPath, "GET", "/events", undefined, signal);
      let text = "";
      try {
        for await (const chunk of answer as AsyncIterable<Buffer>) {
          const lines = (text + chunk.toString("utf8")).split("\n");
          text = lines.pop()!;
          for (const line of lines) yield JSON.parse(line) as GatewayEvent;
        }
      } catch (e) {
        // The end of the gateway is the end of its events, however the connection ends.
        if (!signal.aborted && (e as NodeJS.ErrnoException).code !== "ECONNRESET") throw e;
      }
    },
  };
}

async function json(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await call(socketPath, method, path, body, AbortSignal.timeout(10_000));
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (answer.statusCode === 200) return value;
  const { error } = value as ErrorReport;
  const code: ErrorCode = error.code in codes ? error.code : "unknown";
  throw new TrimaranError(code, error.message, { hint: error.hint });
}

function call(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, signal, agent: false }, resolve);
    request.on("error", (cause) => {
      reject(
        signal.aborted
          ? cause
          : new TrimaranError("unavailable", "no gateway answers on its control socket", { cause }),
      );
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
