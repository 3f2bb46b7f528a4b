/**
 * The gateway beside HAProxy (one thread each): the same upstreams, the same duties, taking turns, so that a noisy machine is noisy for
 * both. `node bench/gateway.ts [--json] [--seconds=4] [--rounds=5]`; needs haproxy and wrk.
 */
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findProgram } from "../test/parts.ts";
import { cpuMs, type Proxied, run, startGateway, startHaproxy, startUpstream, stopAll } from "./gateway/processes.ts";
import { markdownTable, median } from "./support/measure.ts";

interface Throughput {
  readonly perSecond: number;
  /** Of the proxy's own CPU time. */
  readonly cpuMicros: number;
}
interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "5" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const RATE = 1000;
const CONNECTIONS = 32;

const openLoop = fileURLToPath(new URL("gateway/open-loop.ts", import.meta.url));

async function throughput(wrk: string, proxy: Proxied): Promise<Throughput> {
  const before = cpuMs(proxy.pid);
  const text = await run(wrk, ["-t1", `-c${CONNECTIONS}`, `-d${seconds}`, proxy.url]);
  const cpu = cpuMs(proxy.pid) - before;
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`${proxy.name}: ${text}`);
  const requests = Number(/(\d+) requests in/.exec(text)![1]);
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)![1]), cpuMicros: (cpu * 1000) / requests };
}

async function latency(url: string): Promise<Latency> {
  const text = await run(process.execPath, [openLoop, url, String(RATE), String(seconds)]);
  const said = JSON.parse(text) as Latency & { readonly failures: number };
  if (said.failures > 0) throw new Error(`${url}: ${said.failures} failures`);
  return said;
}

async function measure(haproxyProgram: string, wrk: string) {
  const ports = [await startUpstream(), await startUpstream()];
  const proxies = { haproxy: await startHaproxy(haproxyProgram, ports), gateway: await startGateway(ports) };
  for (const proxy of Object.values(proxies)) await throughput(wrk, proxy); // compiled code and connections first
  const fast = { haproxy: [] as Throughput[], gateway: [] as Throughput[] };
  const late = { direct: [] as Latency[], haproxy: [] as Latency[], gateway: [] as Latency[] };
  for (let i = 0; i < rounds; i++) {
    for (const name of ["haproxy", "gateway"] as const) fast[name].push(await throughput(wrk, proxies[name]));
  }
  for (let i = 0; i < rounds; i++) {
    late.direct.push(await latency(`http://127.0.0.1:${ports[0]}`));
    for (const name of ["haproxy", "gateway"] as const) late[name].push(await latency(proxies[name].url));
  }
  const of = (name: "haproxy" | "gateway") => {
    // Pairs of the same round: a machine that others disturb disturbs both.
    const added = (key: "p50Ms" | "p99Ms") => median(late[name].map((one, i) => one[key] - late.direct[i]![key]));
    return {
      requestsPerSecond: median(fast[name].map((one) => one.perSecond)),
      cpuMicrosPerRequest: median(fast[name].map((one) => one.cpuMicros)),
      addedP50Ms: added("p50Ms"),
      addedP99Ms: added("p99Ms"),
    };
  };
  const ratios = fast.gateway.map((one, i) => one.perSecond / fast.haproxy[i]!.perSecond);
  return { gateway: of("gateway"), haproxy: of("haproxy"), throughputRatio: median(ratios) };
}

const haproxyProgram = findProgram("haproxy");
const wrk = findProgram("wrk");
if (!haproxyProgram || !wrk) {
  console.error(`skipped: ${haproxyProgram ? "wrk" : "haproxy"} is not installed`);
  process.exit(values.json ? 1 : 0);
}
try {
  const result = await measure(haproxyProgram, wrk);
  const report = {
    benchmark: "gateway",
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} x ${cpus()[0]!.model.trim()}`,
    versions: { node: process.version, haproxy: (await run(haproxyProgram, ["-v"])).match(/version (\S+)/)![1]! },
    command: "node bench/gateway.ts",
    ...result,
  };
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
} finally {
  stopAll();
}

type Report = Awaited<ReturnType<typeof measure>> & {
  readonly date: string;
  readonly machine: string;
  readonly versions: { readonly node: string; readonly haproxy: string };
};

function print(report: Report): void {
  const { gateway: g, haproxy: h } = report;
  const row = (what: string, a: number, b: number, digits: number, aim: string, ratio = a / b) => [
    what,
    a.toFixed(digits),
    b.toFixed(digits),
    ratio.toFixed(2),
    aim,
  ];
  const { node, haproxy } = report.versions;
  const load = `requests/s (wrk, ${CONNECTIONS} connections, 1 KiB; ratio: median of pairs)`;
  console.log(`${report.date}, ${report.machine}, Node ${node}, HAProxy ${haproxy} (nbthread 1)\n`);
  const table = markdownTable(
    ["", "gateway", "HAProxy", "ratio", "aim"],
    [
      row(load, g.requestsPerSecond, h.requestsPerSecond, 0, "ratio 0.5", report.throughputRatio),
      row("CPU per request, µs", g.cpuMicrosPerRequest, h.cpuMicrosPerRequest, 1, ""),
      row(`added p50 at ${RATE} requests/s, ms`, g.addedP50Ms, h.addedP50Ms, 2, ""),
      row(`added p99 at ${RATE} requests/s, ms`, g.addedP99Ms, h.addedP99Ms, 2, "1 ms"),
    ],
  );
  process.stdout.write(table);
}
