/** Real processes for the gateway's tests: upstreams, the gateway itself, and load on it. Everything ends with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { GatewayConfig, GatewayReady, GatewaySite, GatewayStart } from "@trimaran/contract";
import { type GatewayControl, gatewayControl } from "../src/client.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const UPSTREAM = fileURLToPath(new URL("upstream.ts", import.meta.url));

/** Compiled code is kept between the many processes: each starts in half the time. */
const environment = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };

export interface Upstream {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Sets `health`, `status` or `delayMs` of what it answers. */
  set(query: string): Promise<void>;
}

interface UpstreamOptions {
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly certificate: string };
}

/** Ends with the test. */
export async function startUpstream(t: TestContext, name: string, options?: UpstreamOptions): Promise<Upstream> {
  const upstream = await launch(name, options);
  t.after(() => end(upstream.child));
  return upstream;
}

async function launch(name: string, options: UpstreamOptions = {}): Promise<Upstream> {
  const { tls } = options;
  const child = spawn(process.execPath, [UPSTREAM, name, String(options.port ?? 0)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment, ...(tls && { TLS_KEY: tls.key, TLS_CERTIFICATE: tls.certificate }) },
  });
  const port = Number(await firstLine(child));
  const url = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const set = async (query: string) => void (await (await fetch(`${url}/set?${query}`)).arrayBuffer());
  return { name, url, port, child, set };
}

const shared = new Map<string, Promise<Upstream>>();
after(async () => {
  for (const one of shared.values()) await end((await one).child);
});

/** The same for all tests of a file, well again each time: for tests that do not kill it. */
export async function sharedUpstream(name: string): Promise<Upstream> {
  let one = shared.get(name);
  if (!one) {
    one = launch(name);
    shared.set(name, one);
  }
  const upstream = await one;
  await upstream.set("health=200&status=200&delayMs=0");
  return upstream;
}

export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly control: GatewayControl;
  readonly socketPath: string;
  readonly config: GatewayConfig;
  /** Changes what is in force. */
  change(to: Partial<GatewayConfig>): Promise<void>;
}

export async function startGateway(
  t: TestContext,
  config: GatewayConfig,
  more: Partial<GatewayStart> = {},
): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  const socketPath = join(folder, "control.sock");
  const start: GatewayStart = {
    listen: { host: "127.0.0.1", port: 0 },
    controlSocket: socketPath,
    config,
    exitWithStdin: true,
    ...more,
  };
  const child = spawnGateway(start);
  t.after(async () => {
    child.kill("SIGTERM");
    await Promise.race([exitOf(child), pause(300)]);
    await end(child);
    rmSync(folder, { recursive: true });
  });
  const ready = JSON.parse(await firstLine(child)) as GatewayReady;
  const control = gatewayControl(socketPath);
  const gateway = {
    url: ready.url,
    port: ready.port,
    child,
    control,
    socketPath,
    config,
    async change(to: Partial<GatewayConfig>) {
      gateway.config = { ...gateway.config, ...to };
      await control.putConfig(gateway.config);
    },
  };
  return gateway;
}

export function spawnGateway(start: GatewayStart): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { stdio: ["pipe", "pipe", "inherit"], env: environment });
  child.stdin!.on("error", () => {}); // it may end before it has read
  child.stdin!.write(`${JSON.stringify(start)}\n`);
  if (!start.exitWithStdin) child.stdin!.end();
  return child;
}

export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! })
      .once("line", resolve)
      .once("close", () => reject(new Error("no line")));
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

/** Site names to their upstreams; the rest of a configuration at a test's pace. */
export function configOf(
  upstreams: Readonly<Record<string, readonly { readonly url: string }[]>>,
  more: { readonly health?: Partial<GatewayConfig["health"]>; readonly limits?: Partial<GatewayConfig["limits"]> } = {},
): GatewayConfig {
  return {
    sites: Object.entries(upstreams).map(([name, targets]) => siteOf(name, targets)),
    affinity: "none",
    cookieKey: "5e".repeat(32),
    health: { path: "/health", intervalMs: 200, failures: 3, latencyMs: 5000, errors: 0.05, ...more.health },
    limits: {
      connectTimeoutMs: 250,
      firstByteTimeoutMs: 2000,
      requestTimeoutMs: 30_000,
      maxBodyBytes: 0,
      maxHeaderBytes: 16_384,
      slowClientTimeoutMs: 10_000,
      retryBudget: 0.2,
      retryFloor: 100,
      ...more.limits,
    },
  };
}

export function siteOf(
  name: string,
  targets: readonly { readonly url: string }[],
  more: Partial<GatewaySite> = {},
): GatewaySite {
  return {
    name,
    role: "active",
    weight: 50,
    enabled: true,
    targets: targets.map(({ url }, i) => ({ id: `${name}-${i + 1}`, revision: "r1", url, draining: false })),
    ...more,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Rejects where no whole answer comes. */
export function ask(url: string, options: http.RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const request = http.request(url, { agent, ...rest }, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("error", reject);
      res.on("end", () =>
        resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

export interface Load {
  /** Ends it, waits for what is under way, and says what came: "200" to a count, error codes likewise. */
  stop(): Promise<Readonly<Record<string, number>>>;
  readonly sent: number;
}

/** Open loop: a request each `everyMs`, whatever became of those before. */
export function startLoad(
  url: string,
  everyMs: number,
  options: http.RequestOptions & { readonly body?: string } = {},
): Load {
  const outcomes: Record<string, number> = {};
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const note = (what: string) => void (outcomes[what] = (outcomes[what] ?? 0) + 1);
  const timer = setInterval(() => {
    sent += 1;
    const one: Promise<void> = ask(url, options)
      .then((answer) => note(String(answer.status)))
      .catch((e: NodeJS.ErrnoException) => note(e.code ?? e.message))
      .finally(() => pending.delete(one));
    pending.add(one);
  }, everyMs);
  return {
    get sent() {
      return sent;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      return outcomes;
    },
  };
}

/** Polls until it is true; fails with `what` after ten seconds. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const limit = performance.now() + 10_000; performance.now() < limit; ) {
    if (await isTrue()) return;
    await pause(20);
  }
  throw new Error(`not within ten seconds: ${what}`);
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
