/** Sites die, hang and are cut off under load: what the people who use the app would have seen is counted. */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isLong } from "../parts.ts";
import { copyExample, siteOf, trimaran, up } from "./support/cli.ts";
import { type Shot, startLoad, tally } from "./support/load.ts";

const PER_SECOND = 200;
const MAX_SECONDS = 90;
const INTERVAL_MS = 500;
const FAILURES = 3;
const settle = isLong ? 5_000 : 1_500;
const mix = {
  get: "/whoami",
  post: { path: "/records", body: (id: number) => JSON.stringify({ question: `load ${id}` }), every: 10 },
};

test("a site breaks under 200 requests a second", async (t) => {
  const app = copyExample(t, "medassistant");
  appendFileSync(
    join(app, "trimaran.yaml"),
    `\ntraffic:\n  failover: { failures: ${FAILURES}, interval: ${INTERVAL_MS}ms, latency: 5s, errors: 5% }\n`,
  );
  const running = await up(t, app);

  const chaos = async (...words: readonly string[]) => {
    const { status, err } = await trimaran(app, ["chaos", ...words]);
    assert.equal(status, 0, err);
  };
  const isHealthy = (site: string) => running.until(`${site} is healthy`, (s) => siteOf(s, site).state === "healthy");

  /** Breaks a site under load, waits until the gateway has noticed, goes on for a while, heals it and waits until it is back. */
  async function underLoad(
    site: string,
    words: readonly string[],
  ): Promise<{ shots: readonly Shot[]; noticedAt: number }> {
    const load = startLoad(running.url, mix, PER_SECOND, MAX_SECONDS);
    await sleep(settle);
    await chaos(...words);
    await running.until(
      `${site} is out`,
      (s) => siteOf(s, site).state === "down" || siteOf(s, site).state === "unhealthy",
    );
    const noticedAt = Date.now();
    await sleep(settle);
    await chaos("heal", site);
    await isHealthy(site);
    await sleep(settle);
    const shots = await load.stop();
    const after = shots.filter((s) => s.startedAt > noticedAt + settle && s.site === site && s.status < 300);
    assert.ok(after.length > 0, `${site} gets traffic again after it was healed`);
    return { shots, noticedAt };
  }

  function assertOnlyPostsInFlightFailed(
    { shots, noticedAt }: { shots: readonly Shot[]; noticedAt: number },
    site: string,
  ): void {
    const failedGets = shots.filter((s) => s.method === "GET" && s.status !== 200);
    assert.deepEqual(failedGets.slice(0, 3), [], `no GET fails; ${JSON.stringify(tally(shots))}`);
    const failedPosts = shots.filter((s) => s.method === "POST" && s.status !== 201);
    const elsewhere = failedPosts.filter((s) => s.site !== site || s.startedAt > noticedAt);
    assert.deepEqual(
      elsewhere.slice(0, 3),
      [],
      `only POSTs in flight at ${site} fail; ${JSON.stringify(tally(shots))}`,
    );
    assert.ok(shots.length > PER_SECOND * 3, "there was load");
  }

  await t.test("kill of a whole site that is not the primary", async () => {
    assertOnlyPostsInFlightFailed(await underLoad("azure", ["kill", "azure"]), "azure");
  });

  await t.test("kill of all instances of the primary", async () => {
    assertOnlyPostsInFlightFailed(await underLoad("aws", ["kill", "aws", "--only", "instances"]), "aws");
  });

  await t.test("pause: a cloud that hangs", async () => {
    assertOnlyPostsInFlightFailed(await underLoad("azure", ["pause", "azure"]), "azure");
  });

  await t.test("partition: a cloud that is cut off", async () => {
    assertOnlyPostsInFlightFailed(await underLoad("azure", ["partition", "azure"]), "azure");
  });

  await t.test(
    "kill of the primary: the process answers, data routes say whose home is away, and nothing acknowledged is lost",
    async () => {
      const before = await post(running.url, "/records", { question: "before the primary died" });
      assert.equal(before.status, 201);
      await chaos("kill", "aws");
      await running.until("aws is down", (s) => siteOf(s, "aws").state === "down");
      for (const path of ["/documents", "/records"]) {
        const response = await fetch(`${running.url}${path}`);
        const body = (await response.json()) as { home?: string };
        assert.equal(response.status, 503, path);
        assert.match(response.headers.get("retry-after") ?? "", /^\d+$/, `${path} says when to try again`);
        assert.equal(body.home, "aws", `${path} names the home`);
        assert.equal((await fetch(`${running.url}/health`)).status, 200);
      }
      await chaos("heal", "aws");
      await isHealthy("aws");
      await eventually(
        "the data routes work again",
        async () => (await fetch(`${running.url}/records?limit=1000`)).status === 200,
      );
      const { records } = (await (await fetch(`${running.url}/records?limit=1000`)).json()) as {
        records: { id: number; question: string }[];
      };
      assert.ok(records.some((r) => r.question === "before the primary died"));
      assert.equal((await fetch(`${running.url}/documents`)).status, 200);
    },
  );
});

async function post(url: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function eventually(what: string, isIt: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isIt()) return;
    await sleep(100);
  }
  assert.fail(`not in time: ${what}`);
}
