import { Client } from "undici";
import { ConnectError, createConnector } from "./connector.ts";
import type { Target, TargetWorld } from "./state.ts";

/** Active checks of one target, each over a connection of its own, so that it meets what a new user would meet. */
export interface Checker {
  stop(): void;
}

export interface CheckerWorld extends TargetWorld {
  now(): number;
  /** 0 up to 1. */
  random(): number;
}

/** The first check is made at once, later ones each interval, give or take 10 %, so that many gateways do not check in step. */
export function startChecker(target: Target, world: CheckerWorld): Checker {
  const { health } = world.config();
  const connect = createConnector({
    url: target.url,
    authority: target.config.authority,
    connectTimeoutMs: () => Math.min(world.config().health.latencyMs, 2000),
    handshakeMs: () => world.config().health.latencyMs,
    canResume: false,
  });
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const again = (sinceMs: number) => {
    if (stopped.signal.aborted) return;
    const interval = world.config().health.intervalMs * (0.9 + 0.2 * world.random());
    timer = setTimeout(() => void run(), Math.max(0, interval - sinceMs));
  };
  const run = async () => {
    const start = world.now();
    const because = await check();
    if (stopped.signal.aborted) return;
    target.vitals.checked(world.now(), because);
    again(world.now() - start);
  };
  const check = async (): Promise<string | undefined> => {
    const { path, latencyMs } = world.config().health;
    const client = new Client(target.url.origin, { connect, pipelining: 0 });
    const limit = AbortSignal.timeout(latencyMs);
    try {
      const answer = await client.request({
        method: "GET",
        path,
        headers: { host: target.config.host ?? target.url.host, "user-agent": "trimaran-gateway" },
        signal: AbortSignal.any([limit, stopped.signal]),
      });
      await answer.body.dump();
      const isFine = answer.statusCode >= 200 && answer.statusCode < 300;
      return isFine ? undefined : `status ${answer.statusCode}`;
    } catch (e) {
      if (limit.aborted) return "latency";
      return e instanceof ConnectError ? e.because : "reset";
    } finally {
      client.destroy(() => {});
    }
  };
  timer = setTimeout(() => void run(), Math.min(10, health.intervalMs) * world.random());
  return {
    stop() {
      clearTimeout(timer);
      stopped.abort();
    },
  };
}
