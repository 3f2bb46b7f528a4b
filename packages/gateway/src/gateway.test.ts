import assert from "node:assert/strict";
import { statSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { test } from "node:test";
import type { ErrorReport, GatewayEvent } from "@trimaran/contract";
import {
  ask,
  configOf,
  exitOf,
  firstLine,
  sharedUpstream,
  siteOf,
  spawnGateway,
  startGateway,
  startLoad,
  until,
} from "../testing/harness.ts";

interface Echo {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly raw: readonly string[];
  readonly body: string;
}
const echo = (body: string) => JSON.parse(body) as Echo;
const fieldsOf = ({ raw }: Echo, name: string) =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name);

test("a request and its answer pass with the fields that a hop adds and without those that it may not pass on", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const answer = await ask(`${gateway.url}/path?q=1`, {
    method: "POST",
    body: "hello",
    headers: {
      Host: "app.example.com",
      Connection: "keep-alive, X-Secret-Hop",
      "X-Secret-Hop": "1",
      "Keep-Alive": "timeout=9",
      TE: "trailers",
      "Proxy-Connection": "keep-alive",
      "X-Forwarded-For": "203.0.113.7",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "evil.example.com",
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    },
  });
  const seen = echo(answer.body);
  assert.equal(answer.status, 200);
  assert.deepEqual([seen.name, seen.method, seen.url, seen.body], ["a", "POST", "/path?q=1", "hello"]);
  assert.deepEqual(fieldsOf(seen, "host"), ["app.example.com"]);
  assert.deepEqual(fieldsOf(seen, "x-forwarded-for"), ["203.0.113.7, 127.0.0.1"]);
  assert.deepEqual(fieldsOf(seen, "x-forwarded-proto"), ["http"]);
  assert.deepEqual(fieldsOf(seen, "x-forwarded-host"), ["app.example.com"]);
  assert.deepEqual(fieldsOf(seen, "traceparent"), ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"]);
  for (const name of ["x-secret-hop", "keep-alive", "te", "proxy-connection"])
    assert.deepEqual(fieldsOf(seen, name), []);
  assert.equal(answer.headers["x-trimaran-site"], "aws");
  assert.equal(answer.headers["x-trimaran-revision"], "r1");
  assert.deepEqual(answer.headers["set-cookie"], ["a=1", "b=2"]);
  assert.equal(answer.headers["x-private"], undefined);
  assert.equal(answer.headers["transfer-encoding"], undefined);
});

test("a trace begins where none, or a wrong one, comes in", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const seen = new Set<string>();
  for (const headers of [
    {},
    { traceparent: "00-0-0-0" },
    { traceparent: `ff-${"a".repeat(32)}-${"b".repeat(16)}-00` },
  ]) {
    const [trace] = fieldsOf(echo((await ask(gateway.url, { headers })).body), "traceparent");
    assert.match(trace!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    seen.add(trace!);
  }
  assert.equal(seen.size, 3);
});

test("every method and a HEAD, 204 and 304 without a body pass as they are", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) {
    assert.equal(echo((await ask(gateway.url, { method })).body).method, method);
  }
  const head = await ask(gateway.url, { method: "HEAD" });
  assert.equal(head.body, "");
  assert.ok(Number(head.headers["content-length"]) > 0);
  for (const status of [204, 304]) assert.equal((await ask(`${gateway.url}/?status=${status}`)).status, status);
  assert.equal((await ask(`${gateway.url}/early-hints`)).status, 200);
  assert.equal((await ask(gateway.url, { method: "OPTIONS", path: "*" })).status, 204);
  const absolute = await ask(gateway.url, { path: "http://other.example.com/there?x=1" });
  assert.equal(echo(absolute.body).url, "/there?x=1");
  assert.deepEqual(fieldsOf(echo(absolute.body), "host"), ["other.example.com"]);
});

test("weights are exact at every count, also over changes while requests run, and no request is lost", async (t) => {
  const upstreams = { aws: [await sharedUpstream("aws")], azure: [await sharedUpstream("azure")] };
  const gateway = await startGateway(t, configOf(upstreams));
  const shares = async (count: number) => {
    const got: Record<string, number> = {};
    for (let n = 1; n <= count; n++) {
      const site = String((await ask(gateway.url)).headers["x-trimaran-site"]);
      got[site] = (got[site] ?? 0) + 1;
      const weights = new Map(gateway.config.sites.map((s) => [s.name, s.weight]));
      const total = [...weights.values()].reduce((a, b) => a + b);
      for (const [name, weight] of weights) {
        assert.ok(Math.abs((got[name] ?? 0) - (n * weight) / total) <= 1, `${name} after ${n}`);
      }
    }
    return got;
  };
  assert.deepEqual(await shares(50), { aws: 25, azure: 25 });
  const load = startLoad(gateway.url, 2);
  for (const weight of [70, 10, 90, 33]) {
    const sites = [
      siteOf("aws", upstreams.aws, { weight }),
      siteOf("azure", upstreams.azure, { weight: 100 - weight }),
    ];
    const before = load.sent;
    await gateway.change({ sites });
    await until("load went on", () => load.sent > before + 50);
  }
  const outcomes = await load.stop();
  assert.deepEqual(Object.keys(outcomes), ["200"], JSON.stringify(outcomes));
  const [aws, azure] = (await gateway.control.stats()).sites;
  assert.ok(Math.abs(aws!.assigned - (aws!.assigned + azure!.assigned) * 0.33) <= 1, "the count since the last change");
  await gateway.change({
    sites: [siteOf("aws", upstreams.aws, { weight: 70 }), siteOf("azure", upstreams.azure, { weight: 30 })],
  });
  assert.deepEqual(await shares(100), { aws: 70, azure: 30 });
  await gateway.change({});
  assert.deepEqual(
    (await gateway.control.stats()).sites.map((site) => site.assigned),
    [70, 30],
    "the same again changes nothing",
  );
});

test("a disabled site gets nothing, a removed target finishes what it has", async (t) => {
  const a = await sharedUpstream("a");
  const b = await sharedUpstream("b");
  const gateway = await startGateway(t, configOf({ aws: [a], azure: [b] }));
  const slow = [1, 2].map(() => ask(`${gateway.url}/delay?ms=300`));
  await until("both are under way", async () =>
    (await gateway.control.stats()).sites.every((site) => site.targets[0]!.inFlight === 1),
  );
  await gateway.change({ sites: [siteOf("aws", []), siteOf("azure", [b])] });
  for (const answer of await Promise.all(slow)) assert.equal(answer.status, 200);
  await gateway.change({ sites: [siteOf("aws", [a]), siteOf("azure", [b], { enabled: false })] });
  for (let i = 0; i < 6; i++) assert.equal((await ask(gateway.url)).headers["x-trimaran-site"], "aws");
  await gateway.change({ sites: [siteOf("aws", []), siteOf("azure", [b], { enabled: false })] });
  const none = await ask(gateway.url);
  assert.equal(none.status, 503);
  assert.equal(none.headers["x-trimaran-error"], "no-target");
  assert.ok(Number(none.headers["retry-after"]) >= 1);
  assert.equal((JSON.parse(none.body) as ErrorReport).error.code, "unavailable");
  const page = await ask(gateway.url, { headers: { accept: "text/html,*/*" } });
  assert.match(page.body, /<h1>503/);
});

test("least busy first, within a site", async (t) => {
  const [a, b] = [await sharedUpstream("a"), await sharedUpstream("b")];
  const gateway = await startGateway(t, configOf({ aws: [a, b] }));
  const slow = ask(`${gateway.url}/delay?ms=300`);
  await until("it is under way", async () =>
    (await gateway.control.stats()).sites[0]!.targets.some((target) => target.inFlight === 1),
  );
  const busy = (await gateway.control.stats()).sites[0]!.targets.findIndex((target) => target.inFlight === 1);
  for (let i = 0; i < 4; i++) assert.equal(echo((await ask(gateway.url)).body).name, busy === 0 ? "b" : "a");
  await slow;
  const names = new Set<string>();
  for (let i = 0; i < 4; i++) names.add(echo((await ask(gateway.url)).body).name);
  assert.deepEqual([...names].toSorted(), ["a", "b"]);
});

test("the control socket is its owner's alone, refuses nonsense by place, and tells events as they happen", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  assert.equal(statSync(gateway.socketPath).mode & 0o777, 0o600);
  const wrong = { ...gateway.config, sites: [{ ...gateway.config.sites[0]!, weight: -1 }] };
  await assert.rejects(gateway.control.putConfig(wrong), /sites\[0\]\.weight must be/);
  assert.deepEqual(await gateway.control.config(), gateway.config, "and keeps what was in force");
  const stop = new AbortController();
  const heard: GatewayEvent[] = [];
  const listening = (async () => {
    for await (const event of gateway.control.events(stop.signal)) heard.push(event);
  })();
  await a.set("health=500");
  await until("the site is down", () => heard.some((event) => event.type === "failing-open" && event.failingOpen));
  await a.set("health=200");
  await until("the site is up", () => heard.some((event) => event.type === "site" && event.healthy));
  stop.abort();
  await listening;
  const down = heard.find((event) => event.type === "target");
  assert.equal(down?.type === "target" && down.because, "status 500");
});

test("a taken port is named, with the exit status of its code", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const child = spawnGateway({
    listen: { host: "127.0.0.1", port: gateway.port },
    controlSocket: `${gateway.socketPath}2`,
    config: gateway.config,
  });
  const { error } = JSON.parse(await firstLine(child)) as ErrorReport;
  assert.equal(error.code, "already_exists");
  assert.match(error.message, new RegExp(`port ${gateway.port}`));
  assert.equal(await exitOf(child), 11);
  const again = spawnGateway({
    listen: { host: "127.0.0.1", port: 0 },
    controlSocket: gateway.socketPath,
    config: gateway.config,
  });
  assert.equal((JSON.parse(await firstLine(again)) as ErrorReport).error.code, "already_exists");
  assert.equal(await exitOf(again), 11);
});

test("SIGTERM lets requests finish and exits 0; the parent's end ends it", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const slow = ask(`${gateway.url}/delay?ms=400`);
  await until("it is under way", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 1);
  gateway.child.kill("SIGTERM");
  await until("nothing new is taken", () => isRefused(gateway.port));
  const answer = await slow;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.connection, "close");
  assert.equal(await exitOf(gateway.child), 0);

  const orphan = await startGateway(t, configOf({ aws: [a] }));
  orphan.child.stdin!.end();
  assert.equal(await exitOf(orphan.child), 0);

  const stuck = await startGateway(t, configOf({ aws: [a] }), { drainMs: 100 });
  const cut = ask(`${stuck.url}/delay?ms=60000`, { agent: new http.Agent() });
  await until("it is under way", async () => (await stuck.control.stats()).sites[0]!.targets[0]!.inFlight === 1);
  stuck.child.kill("SIGTERM");
  await assert.rejects(cut);
  assert.equal(await exitOf(stuck.child), 0);
});

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(false));
    socket.once("error", () => resolve(true)).once("connect", () => socket.destroy());
  });
}

test("stats: counts, rates, shares and latencies of the last ten seconds", async (t) => {
  const a = await sharedUpstream("a");
  const b = await sharedUpstream("b");
  const gateway = await startGateway(t, configOf({ aws: [a], azure: [b] }));
  for (let i = 0; i < 20; i++) await ask(`${gateway.url}/${i < 4 ? "?status=500" : ""}`);
  await ask(`${gateway.url}/delay?ms=100`);
  const stats = await gateway.control.stats();
  assert.equal(stats.requests, 21);
  assert.equal(stats.errors, 4);
  assert.equal(stats.retries, 0);
  assert.ok(stats.requestsPerSecond > 0 && stats.openConnections >= 1);
  assert.ok(stats.p99Ms >= 95 && stats.p50Ms < stats.p99Ms, JSON.stringify(stats));
  assert.ok(Math.abs(stats.sites[0]!.share - 0.5) < 0.05);
  assert.equal(stats.sites[0]!.requests + stats.sites[1]!.requests, 21);
});
