import { request } from "node:http";
import { isFree, type Supervised, supervise } from "@trimaran/all";
import {
  type ErrorReport,
  type GatewayConfig,
  type GatewayReady,
  type GatewayStart,
  type GatewayStats,
  TrimaranError,
} from "@trimaran/contract";
import { plainEnvironment } from "./environment.ts";
import { readJson, writeJson } from "./state.ts";
import { nodeArguments, supervision, untilStopped, type World } from "./world.ts";

const USUAL_PORT = 8080;
const DRAIN_MS = 5_000;
const CALL_LIMIT_MS = 5_000;

export interface GatewayProcess {
  readonly process: Supervised;
  readonly url: string;
  /** Makes this the desired state; what a restarted gateway begins with. */
  apply(config: GatewayConfig): Promise<void>;
  stats(): Promise<GatewayStats>;
}

/** Starts the gateway and waits until it serves. Throws already_exists where the wanted port is taken. */
export async function startGateway(
  world: World,
  wantedPort: number | undefined,
  socket: string,
  first: GatewayConfig,
): Promise<GatewayProcess> {
  let port = await choosePort(world, wantedPort);
  let config = first;
  const { promise: ready, resolve, reject } = Promise.withResolvers<GatewayReady>();
  const process = supervise({
    ...supervision(world, "gateway", "gateway"),
    graceMs: DRAIN_MS + 2_000,
    launch: () => {
      const start: GatewayStart = {
        listen: { host: "127.0.0.1", port },
        controlSocket: socket,
        config,
        exitWithStdin: true,
        drainMs: DRAIN_MS,
      };
      return {
        command: world.machine.node,
        args: nodeArguments(world.entry("gateway")),
        env: plainEnvironment(world.machine, world.state.folder),
        cwd: world.state.folder,
        input: `${JSON.stringify(start)}\n`,
        keepInput: true,
        announces: true,
      };
    },
    onAnnounced: (line) => {
      const said = parseReady(line);
      if (said instanceof Error) return reject(said);
      // Where a free one was asked for, a restarted gateway keeps it.
      port = said.port;
      resolve(said);
    },
    onExited: ({ why, restartInMs }) => {
      if (restartInMs !== null)
        world.events.emit({ type: "warning", says: `the gateway ended (${why}) and is started again` });
    },
  });
  await process.start();
  try {
    const { url } = await Promise.race([ready, untilStopped(world.stopping)]);
    writeJson(world.state.file("gateway.json"), { port });
    return {
      process,
      url,
      apply: async (next) => {
        config = next;
        await call(socket, "PUT", "/config", next);
      },
      stats: () => call<GatewayStats>(socket, "GET", "/stats"),
    };
  } catch (e) {
    await process.kill();
    throw e;
  }
}

/** What was asked for, else the last one, else 8080, else a free one. */
async function choosePort(world: World, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted;
  const { port } = (readJson(world.state.file("gateway.json")) ?? {}) as { readonly port?: number };
  for (const candidate of [port, USUAL_PORT]) {
    if (candidate !== undefined && (await isFree(candidate))) return candidate;
  }
  return world.ports.take("gateway");
}

function parseReady(line: string): GatewayReady | TrimaranError {
  try {
    const said = JSON.parse(line) as GatewayReady | ErrorReport;
    if (!("error" in said)) return said;
    return new TrimaranError(said.error.code, said.error.message, { hint: "--port N, or none: a free one is found" });
  } catch (cause) {
    return new TrimaranError("unavailable", "the gateway did not say where it is", {
      cause,
      hint: "trimaran logs gateway",
    });
  }
}

function call<T>(socketPath: string, method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        new TrimaranError("unavailable", "the gateway does not answer on its control socket", {
          cause,
          hint: "trimaran logs gateway",
        }),
      );
    const sent = request({ socketPath, method, path, agent: false, timeout: CALL_LIMIT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () => {
        try {
          const read: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
          if (answer.statusCode === 200) return resolve(read as T);
          const { error } = read as ErrorReport;
          reject(new TrimaranError(error.code, error.message, { hint: error.hint }));
        } catch (e) {
          fail(e);
        }
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("timeout")));
    sent.on("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
