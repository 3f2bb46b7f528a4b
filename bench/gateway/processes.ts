/** What the benchmark measures, as processes: two upstreams, HAProxy and the gateway before them. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { GatewayReady, GatewayStart } from "@trimaran/contract";

export interface Proxied {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const children: ChildProcess[] = [];

export function stopAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

function start(command: string, args: readonly string[], input?: string): ChildProcess {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  if (input === undefined) child.stdin!.end();
  else child.stdin!.write(input);
  return child;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! })
      .once("line", resolve)
      .once("close", () => reject(new Error("no line")));
  });
}

/** The whole output of a program; rejects where it fails. */
export function run(command: string, args: readonly string[]): Promise<string> {
  const child = start(command, args);
  let text = "";
  child.stdout!.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("exit", (status) => (status === 0 ? resolve(text) : reject(new Error(`${command}: status ${status}`))));
  });
}

export async function startUpstream(): Promise<number> {
  return Number(await firstLine(start(process.execPath, [here("upstream.ts")])));
}

export async function startGateway(ports: readonly number[]): Promise<Proxied> {
  const message: GatewayStart = {
    listen: { host: "127.0.0.1", port: 0 },
    controlSocket: join(mkdtempSync(join(tmpdir(), "bench-")), "control.sock"),
    exitWithStdin: true,
    config: {
      sites: ports.map((port, i) => ({
        name: `site-${i}`,
        role: "active",
        weight: 50,
        enabled: true,
        targets: [{ id: `t${i}`, revision: "r1", url: `http://127.0.0.1:${port}`, draining: false }],
      })),
      affinity: "none",
      cookieKey: "00".repeat(32),
      health: { path: "/health", intervalMs: 5000, failures: 3, latencyMs: 5000, errors: 0.05 },
      limits: {
        connectTimeoutMs: 250,
        firstByteTimeoutMs: 2000,
        requestTimeoutMs: 60_000,
        maxBodyBytes: 0,
        maxHeaderBytes: 16_384,
        slowClientTimeoutMs: 10_000,
        retryBudget: 0.2,
        retryFloor: 100,
      },
    },
  };
  const main = here("../../packages/gateway/src/main.ts");
  const child = start(process.execPath, [main], `${JSON.stringify(message)}\n`);
  const ready = JSON.parse(await firstLine(child)) as GatewayReady;
  return { name: "gateway", url: ready.url, pid: ready.pid };
}

/** HAProxy with one thread and the same duties: weights, checks, retries, x-forwarded-for, a site header. */
export async function startHaproxy(program: string, ports: readonly number[]): Promise<Proxied> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), "bench-")), "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 250ms
  timeout client 30s
  timeout server 60s
  option forwardfor
  option httpchk GET /health
  retries 1
  retry-on conn-failure empty-response
  option redispatch
  http-reuse safe
frontend clients
  bind 127.0.0.1:${port}
  default_backend sites
backend sites
  balance roundrobin
  http-response set-header x-site %s
${ports.map((p, i) => `  server site-${i} 127.0.0.1:${p} weight 50 check inter 5s`).join("\n")}
`,
  );
  const child = start(program, ["-db", "-f", file]);
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i++) {
    if (
      await fetch(url).then(
        (res) => res.ok,
        () => false,
      )
    )
      return { name: "HAProxy", url, pid: child.pid! };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("HAProxy does not answer");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** CPU time so far, in milliseconds: proc(5), utime and stime, whose tick is 10 ms on Linux. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
