/** `up` itself is killed with SIGKILL: the next one cleans up after it and finds everything that was acknowledged. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { copyExample, trimaranJson, up } from "./support/cli.ts";
import { startLoad } from "./support/load.ts";

test("SIGKILL of `up` under load: no orphan survives the next `up`, no acknowledged record is lost", async (t) => {
  const app = copyExample(t, "medassistant");
  const first = await up(t, app);
  const status = await first.status();
  const old = status.sites
    .flatMap((s) => [...s.instances.map((i) => i.pid), ...s.services.map((x) => x.pid)])
    .filter((pid) => pid !== null);
  assert.ok(old.length >= 6, `instances and services have processes: ${old}`);
  const mix = {
    get: "/whoami",
    post: { path: "/records", body: (id: number) => JSON.stringify({ question: `kept ${id}` }), every: 2 },
  };
  const load = startLoad(first.url, mix, 50, 30);
  await sleep(2_000);
  first.child.kill("SIGKILL");
  await sleep(500);
  const shots = await load.stop();
  const acknowledged = shots.filter((s) => s.method === "POST" && s.status === 201).map((s) => `kept ${s.id}`);
  assert.ok(acknowledged.length > 10, "some were acknowledged");

  const second = await up(t, app);
  const alive = old.filter((pid) => isOf(pid, app));
  assert.deepEqual(alive, [], "processes of the first run");
  const { records } = (await (await fetch(`${second.url}/records?limit=10000`)).json()) as {
    records: { question: string }[];
  };
  const found = new Set(records.map((r) => r.question));
  assert.deepEqual(
    acknowledged.filter((q) => !found.has(q)),
    [],
  );
  assert.equal(await second.interrupt(), 0);
  assert.deepEqual(processesOf(app), [], "nothing runs any more");
  await trimaranJson(app, ["down", "--purge"]);
});

/** Whether a process is alive and was started for this folder (a number may have been given to another one since). */
function isOf(pid: number, folder: string): boolean {
  try {
    return `${readFileSync(`/proc/${pid}/cmdline`, "utf8")}${readFileSync(`/proc/${pid}/environ`, "utf8")}`.includes(
      folder,
    );
  } catch (_e) {
    return false; // gone
  }
}

function processesOf(folder: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => isOf(pid, folder));
}
