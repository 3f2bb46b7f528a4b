import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ask,
  configOf,
  end,
  pause,
  sharedUpstream,
  siteOf,
  startGateway,
  startLoad,
  startUpstream,
  until,
} from "../testing/harness.ts";

const siteAnswering = async (url: string) => String((await ask(url)).headers["x-trimaran-site"]);

test("kill -9 of a whole site under load: no GET fails, and it comes back by itself", async (t) => {
  const aws = [await startUpstream(t, "aws-1"), await startUpstream(t, "aws-2")];
  const azure = [await startUpstream(t, "azure-1")];
  const gateway = await startGateway(t, configOf({ aws, azure }));
  const load = startLoad(gateway.url, 5);
  await until("load runs", () => load.sent > 50);
  for (const { child } of aws) child.kill("SIGKILL");
  await until("the site is out", async () => !(await gateway.control.stats()).sites[0]!.healthy);
  assert.match((await gateway.control.stats()).sites[0]!.targets[0]!.because!, /connect|reset/);
  await startUpstream(t, "aws-1", { port: aws[0]!.port });
  await until("the site is back", async () => (await gateway.control.stats()).sites[0]!.healthy);
  const outcomes = await load.stop();
  assert.deepEqual(Object.keys(outcomes), ["200"], JSON.stringify(outcomes));
});

test("a POST is not sent twice: only those under way at the dead site may fail", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [azure] }));
  const load = startLoad(gateway.url, 5, { method: "POST", body: "x" });
  await until("load runs", () => load.sent > 50);
  await end(aws.child);
  await until("the site is out", async () => !(await gateway.control.stats()).sites[0]!.healthy);
  const before = load.sent;
  await until("load went on", () => load.sent > before + 50);
  const outcomes = await load.stop();
  const failed = load.sent - outcomes["200"]!;
  assert.ok(failed <= 2, JSON.stringify(outcomes));
  const reset = await startUpstream(t, "reset");
  await gateway.change({ sites: [siteOf("gcp", [reset]), siteOf("azure", [azure], { weight: 0 })] });
  const answer = await ask(`${gateway.url}/reset`, { method: "POST", body: "x" });
  assert.equal(answer.status, 502);
  assert.equal(answer.headers["x-trimaran-error"], "reset");
});

test("a paused site (it accepts and says nothing): no GET fails, those that hang there move on together", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const limits = { firstByteTimeoutMs: 400, retryFloor: 100 };
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [azure] }, { limits }));
  const load = startLoad(gateway.url, 5);
  await until("load runs", () => load.sent > 100);
  aws.child.kill("SIGSTOP");
  await until("the site is out", async () => !(await gateway.control.stats()).sites[0]!.healthy);
  await until("nothing hangs there", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 0);
  assert.equal(await siteAnswering(gateway.url), "azure");
  aws.child.kill("SIGCONT");
  await until("the site is back", async () => (await gateway.control.stats()).sites[0]!.healthy);
  const outcomes = await load.stop();
  assert.deepEqual(Object.keys(outcomes), ["200"], JSON.stringify(outcomes));
  assert.ok((await gateway.control.stats()).retries > 3);
});

test("a slow answer is waited for where nobody else could give it; after the request's limit it is a 504", async (t) => {
  const a = await sharedUpstream("a");
  const limits = { firstByteTimeoutMs: 50, requestTimeoutMs: 600 };
  const gateway = await startGateway(t, configOf({ aws: [a] }, { limits }));
  assert.equal((await ask(`${gateway.url}/delay?ms=200`)).status, 200);
  const both = ["GET", "POST"].map((method) => ask(`${gateway.url}/delay?ms=5000`, { method }));
  for (const late of await Promise.all(both)) {
    assert.equal(late.status, 504);
    assert.equal(late.headers["x-trimaran-error"], "timeout");
  }
});

test("the retry budget: a reset is tried once more, until a share of the requests has been", async (t) => {
  const aws = await sharedUpstream("aws");
  const azure = await sharedUpstream("azure");
  const config = configOf({ aws: [aws], azure: [azure] }, { limits: { retryBudget: 0.1, retryFloor: 5 } });
  const gateway = await startGateway(t, { ...config, health: { ...config.health, failures: 1000 } });
  let failed = 0;
  for (let i = 0; i < 20; i++) if ((await ask(`${gateway.url}/reset`)).status === 502) failed += 1;
  const { retries } = await gateway.control.stats();
  assert.equal(retries, 5, "the floor");
  assert.equal(failed, 20, "each was tried at most twice, and every try was reset");
});

test("where the budget is spent, requests that hang go on waiting, and are answered when the target is well", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await sharedUpstream("azure");
  const limits = { firstByteTimeoutMs: 200, retryBudget: 0, retryFloor: 2 };
  const config = configOf({ aws: [aws], azure: [azure] }, { limits, health: { failures: 1000 } });
  const gateway = await startGateway(t, config);
  aws.child.kill("SIGSTOP");
  const all = Array.from({ length: 10 }, () => ask(gateway.url));
  await until("two have moved", async () => {
    const { retries, sites } = await gateway.control.stats();
    return retries === 2 && sites[0]!.targets[0]!.inFlight === 3 && sites[1]!.requests === 7;
  });
  aws.child.kill("SIGCONT");
  for (const answer of await Promise.all(all)) assert.equal(answer.status, 200);
});

test("a connection that cannot be made costs no budget and is tried elsewhere for any method", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const config = configOf({ aws: [aws], azure: [azure] }, { limits: { retryBudget: 0, retryFloor: 0 } });
  const gateway = await startGateway(t, {
    ...config,
    health: { ...config.health, intervalMs: 60_000, failures: 1000 },
  });
  await end(aws.child);
  const big = "x".repeat(200_000);
  for (let i = 0; i < 10; i++) {
    assert.equal((await ask(gateway.url, { method: "POST", body: big })).headers["x-trimaran-site"], "azure");
  }
  assert.equal((await gateway.control.stats()).retries, 0);
});

test("a small body of an idempotent request is sent again, one of unknown length, too", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const gateway = await startGateway(
    t,
    configOf({ aws: [aws], azure: [azure] }, { limits: { firstByteTimeoutMs: 200 } }),
  );
  aws.child.kill("SIGSTOP");
  for (const headers of [{ "content-length": "5" }, { "transfer-encoding": "chunked" }]) {
    for (let i = 0; i < 2; i++) {
      const answer = await ask(gateway.url, { method: "PUT", body: "hello", headers });
      assert.equal(answer.headers["x-trimaran-site"], "azure");
      assert.equal((JSON.parse(answer.body) as { body: string }).body, "hello");
    }
  }
  aws.child.kill("SIGCONT");
});

test("an answer that has begun and breaks off is not dressed up as whole", async (t) => {
  const aws = await sharedUpstream("aws");
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [aws] }));
  await assert.rejects(ask(`${gateway.url}/breaks`), { code: "ECONNRESET" });
  assert.equal((await gateway.control.stats()).retries, 0);
});

test("5xx answers above the share put a target out, 503 with Retry-After and health checks' view do not matter", async (t) => {
  const aws = await sharedUpstream("aws");
  const azure = await sharedUpstream("azure");
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [azure] }, { health: { intervalMs: 1000 } }));
  for (let i = 0; i < 60; i++) await ask(`${gateway.url}/?status=503&retry-after`);
  assert.ok((await gateway.control.stats()).sites.every((site) => site.healthy));
  await aws.set("status=500");
  await until("it is out", async () => {
    await ask(gateway.url);
    return !(await gateway.control.stats()).sites[0]!.healthy;
  });
  assert.equal((await gateway.control.stats()).sites[0]!.targets[0]!.because, "5xx share");
  for (let i = 0; i < 5; i++) assert.equal(await siteAnswering(gateway.url), "azure");
  await aws.set("status=200");
  await until("it is back", async () => (await gateway.control.stats()).sites[0]!.healthy);
});

test("a standby gets traffic only when no active site is healthy; when nobody is, all enabled ones do", async (t) => {
  const aws = await sharedUpstream("aws");
  const gcp = await sharedUpstream("gcp");
  const config = configOf({ aws: [aws], gcp: [gcp] });
  const standby = { ...config.sites[1]!, role: "standby" as const, weight: 0 };
  const gateway = await startGateway(t, { ...config, sites: [config.sites[0]!, standby] });
  for (let i = 0; i < 10; i++) assert.equal(await siteAnswering(gateway.url), "aws");
  await aws.set("health=500");
  await until("the standby serves", async () => (await siteAnswering(gateway.url)) === "gcp");
  for (let i = 0; i < 10; i++) assert.equal(await siteAnswering(gateway.url), "gcp");
  await gcp.set("health=500");
  await until("it fails open", async () => (await gateway.control.stats()).failingOpen);
  for (let i = 0; i < 4; i++) assert.equal(await siteAnswering(gateway.url), "aws", "by weight");
  await gcp.set("health=200");
  await until("the standby alone is healthy", async () => (await siteAnswering(gateway.url)) === "gcp");
  await aws.set("health=200");
  await until("the active site has it back", async () => (await siteAnswering(gateway.url)) === "aws");
  assert.equal((await gateway.control.stats()).failingOpen, false);
});

test("a new target that fails its first check is out at once, and in with its first good one", async (t) => {
  const aws = await sharedUpstream("aws");
  const azure = await sharedUpstream("azure");
  await azure.set("health=503");
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [azure] }, { health: { failures: 100 } }));
  await until("it is out", async () => !(await gateway.control.stats()).sites[1]!.healthy);
  await azure.set("health=200");
  await until("it is in", async () => (await gateway.control.stats()).sites[1]!.healthy);
});

test("a target whose health answers are too slow is out", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const health = { latencyMs: 100, intervalMs: 50 };
  const gateway = await startGateway(t, configOf({ aws: [aws], azure: [azure] }, { health }));
  await pause(150);
  aws.child.kill("SIGSTOP");
  await until("it is out", async () => !(await gateway.control.stats()).sites[0]!.healthy);
  assert.equal((await gateway.control.stats()).sites[0]!.targets[0]!.because, "latency");
  aws.child.kill("SIGCONT");
});
