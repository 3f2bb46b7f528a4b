import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

export interface Shot {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly id: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0 when the connection failed. */
  readonly status: number;
  /** What `x-trimaran-site` said. */
  readonly site: string;
  readonly body: string;
  readonly error?: string;
}

export interface Load {
  readonly shots: readonly Shot[];
  /** Sends nothing more, waits for what is under way, and answers with everything. */
  stop(): Promise<readonly Shot[]>;
}

/** Every `every`-th request is this one; the others are GETs of the first path. */
export interface Mix {
  readonly get: string;
  readonly post?: { readonly path: string; readonly body: (id: number) => string; readonly every: number };
}

/** An open loop: requests leave at their time whether or not earlier ones were answered. Bounded by `maxSeconds`. */
export function startLoad(url: string, mix: Mix, perSecond: number, maxSeconds: number): Load {
  const agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  const shots: Shot[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let isOver = false;
  let sent = 0;
  const loop = (async () => {
    while (!isOver && performance.now() - startedAt < maxSeconds * 1000) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      for (; sent < due; sent++) {
        const shot = shoot(agent, url, mix, sent).then((s) => void shots.push(s));
        underWay.add(shot);
        void shot.finally(() => underWay.delete(shot));
      }
      await sleep(4);
    }
  })();
  return {
    shots,
    stop: async () => {
      isOver = true;
      await loop;
      await Promise.all(underWay);
      await agent.close();
      return shots;
    },
  };
}

async function shoot(agent: Agent, url: string, mix: Mix, id: number): Promise<Shot> {
  const isPost = mix.post !== undefined && id % mix.post.every === 0;
  const method = isPost ? "POST" : "GET";
  const path = isPost ? mix.post.path : mix.get;
  const startedAt = Date.now();
  try {
    const response = await request(`${url}${path}`, {
      dispatcher: agent,
      method,
      ...(isPost ? { body: mix.post.body(id), headers: { "content-type": "application/json" } } : {}),
    });
    const body = await response.body.text();
    const site = String(response.headers["x-trimaran-site"] ?? "");
    return { method, path, id, startedAt, endedAt: Date.now(), status: response.statusCode, site, body };
  } catch (e) {
    return {
      method,
      path,
      id,
      startedAt,
      endedAt: Date.now(),
      status: 0,
      site: "",
      body: "",
      error: String((e as Error).message),
    };
  }
}

/** Requests by method and outcome, for a test's message. */
export function tally(shots: readonly Shot[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const s of shots) {
    const key = `${s.method} ${s.status}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
