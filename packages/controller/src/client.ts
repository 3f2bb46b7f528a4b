import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ChaosRequest,
  type ControllerEvent,
  type ErrorReport,
  type StatusReport,
  type TrafficReport,
  type TrafficRequest,
  TrimaranError,
} from "@trimaran/contract";
import { isAlive, readRunFile, runFilePath } from "./run-file.ts";

/** Speaks to the controller that runs a state folder. Every call throws not_found when none does, else the controller's own error. */
export interface ControlClient {
  status(): Promise<StatusReport>;
  traffic(): Promise<TrafficReport>;
  setTraffic(traffic: TrafficRequest): Promise<TrafficReport>;
  chaos(chaos: ChaosRequest): Promise<void>;
  /** Resolves when everything has stopped and the controller itself has ended. */
  stop(): Promise<void>;
  /** What happens from now on, until the signal is aborted or the controller ends. */
  events(signal: AbortSignal): AsyncIterable<ControllerEvent>;
}

export function isRunning(stateFolder: string): boolean {
  const run = readRunFile(runFilePath(stateFolder));
  return run !== undefined && isAlive(run);
}

export function connectControl(stateFolder: string): ControlClient {
  const path = runFilePath(stateFolder);
  return {
    status: () => call<StatusReport>(path, "GET", "/status"),
    traffic: () => call<TrafficReport>(path, "GET", "/traffic"),
    setTraffic: (traffic) => call<TrafficReport>(path, "POST", "/traffic", traffic),
    chaos: async (chaos) => void (await call(path, "POST", "/chaos", chaos)),
    stop: async () => {
      const run = findRun(path);
      await call(path, "POST", "/stop");
      while (isAlive(run) && readRunFile(path)?.pid === run.pid) await sleep(25);
    },
    events: (signal) => readEvents(path, signal),
  };
}

function findRun(path: string) {
  const run = readRunFile(path);
  if (run === undefined || !isAlive(run)) {
    throw new TrimaranError("not_found", "it is not running", { hint: "trimaran up" });
  }
  return run;
}

async function call<T = unknown>(path: string, method: string, url: string, body?: unknown): Promise<T> {
  const { socket } = findRun(path);
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: socket, method, path: url, agent: false, headers: { "content-type": "application/json" } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", (e) => reject(broken(e)));
        answer.on("end", () => {
          try {
            const read: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
            if (answer.statusCode === 200) resolve(read as T);
            else reject(errorOf(read as ErrorReport));
          } catch (e) {
            reject(broken(e));
          }
        });
      },
    );
    sent.on("error", (e) => reject(broken(e)));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function errorOf({ error }: ErrorReport): TrimaranError {
  return new TrimaranError(error.code, error.message, { hint: error.hint });
}

function broken(cause: unknown): TrimaranError {
  return new TrimaranError("unavailable", "the controller does not answer on its control socket", {
    cause,
    hint: "trimaran up",
  });
}

async function* readEvents(path: string, signal: AbortSignal): AsyncGenerator<ControllerEvent> {
  const { socket } = findRun(path);
  const answer = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    const sent = request({ socketPath: socket, path: "/events", agent: false, signal }, resolve);
    sent.on("error", (e) => reject(broken(e)));
    sent.end();
  });
  let rest = "";
  try {
    for await (const chunk of answer) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as ControllerEvent;
    }
  } catch (e) {
    if (!signal.aborted) throw broken(e);
  }
}
