/** The path of somebody who has just cloned the project: run it, look at it, split it, stop it, run it again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrafficReport } from "@trimaran/contract";
import { copyExample, siteOf, trimaran, trimaranJson, up } from "./support/cli.ts";
import { assertDocumented } from "./support/json-doc.ts";

interface Who {
  readonly site: string;
  readonly cloud: string;
}

test("the app runs at three sites behind one address, keeps its data and leaves nothing behind", async (t) => {
  const app = copyExample(t, "medassistant");
  const running = await up(t, app);

  await t.test("all three sites are healthy, two of them share the traffic", async () => {
    const status = await running.status();
    assert.deepEqual(
      status.sites.map((s) => [s.name, s.cloud, s.role, s.state, s.weight]),
      [
        ["aws", "aws", "active", "healthy", 50],
        ["azure", "azure", "active", "healthy", 50],
        ["gcp", "gcp", "standby", "healthy", 0],
      ],
    );
    assert.ok(
      status.sites.every(
        (s) => s.instances.length === 1 && s.instances.every((i) => i.state === "healthy" && (i.pid ?? 0) > 0),
      ),
    );
  });

  await t.test("the split is exact at every count", async () => {
    const counts: Record<string, number> = { aws: 0, azure: 0, gcp: 0 };
    await trimaranJson(app, ["traffic", "set", "aws=70", "azure=30"]);
    for (let n = 1; n <= 100; n++) {
      const { site } = (await (await fetch(`${running.url}/whoami`)).json()) as Who;
      counts[site] = (counts[site] ?? 0) + 1;
      assert.ok(Math.abs((counts["aws"] ?? 0) - n * 0.7) <= 1, `${JSON.stringify(counts)} of ${n}`);
    }
    assert.deepEqual(counts, { aws: 70, azure: 30, gcp: 0 });
    const { sites } = await trimaranJson<TrafficReport>(app, ["traffic", "show"]);
    assert.deepEqual(
      sites.map((s) => [s.name, s.weight, s.assigned]),
      [
        ["aws", 70, 70],
        ["azure", 30, 30],
        ["gcp", 0, 0],
      ],
    );
    await trimaranJson(app, ["traffic", "set", "aws=50", "azure=50"]);
  });

  await t.test("every site answers a question from the same documents with the same words", async () => {
    const answers = new Map<string, { answer: string; passages: unknown }>();
    for (let i = 0; i < 4; i++) {
      const result = await ask(running.url, "How much paracetamol may an adult take in a day?");
      answers.set(result.answeredBy.site, { answer: result.answer, passages: result.passages });
    }
    assert.deepEqual([...answers.keys()].sort(), ["aws", "azure"]);
    assert.deepEqual(answers.get("aws"), answers.get("azure"));
    assert.match(answers.get("aws")?.answer ?? "", /4000 mg/);
  });

  await t.test("an uploaded document is found, fetched byte for byte, and removed", async () => {
    const text = "# Gout\n\nGout attacks are treated with colchicine, naproxen or prednisolone.\n";
    const put = await fetch(`${running.url}/documents/gout.md`, {
      method: "PUT",
      headers: { "content-type": "text/markdown" },
      body: text,
    });
    assert.equal(put.status, 201);
    assert.equal(await (await fetch(`${running.url}/documents/gout.md`)).text(), text);
    assert.match((await ask(running.url, "What is gout treated with?")).answer, /colchicine/);
    assert.equal((await fetch(`${running.url}/documents/gout.md`, { method: "DELETE" })).status, 204);
    assert.equal((await fetch(`${running.url}/documents/gout.md`)).status, 404);
  });

  await t.test("a session made at one site is known at the other", async () => {
    const made = await fetch(`${running.url}/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"name":"Ada"}',
    });
    const cookie = (made.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const sites = new Set<string>();
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${running.url}/sessions/me`, { headers: { cookie } });
      assert.equal(((await response.json()) as { name: string }).name, "Ada");
      sites.add(response.headers.get("x-trimaran-site") ?? "");
    }
    assert.deepEqual([...sites].sort(), ["aws", "azure"]);
    assert.equal(
      (await fetch(`${running.url}/sessions/me`, { headers: { cookie: `${cookie.slice(0, -3)}abc` } })).status,
      401,
    );
  });

  await t.test("a second `up` says who runs it", async () => {
    const second = await trimaran(app, ["up", "--json"]);
    assert.equal(second.status, 22);
    assert.match(second.out, /lease_held/);
    assert.match(second.out, new RegExp(`\\b${running.child.pid}\\b`));
  });

  await t.test("the JSON of every command is what its page says", async () => {
    assertDocumented("status", await running.status());
    assertDocumented("traffic show", await trimaranJson(app, ["traffic", "show"]));
    assertDocumented("traffic show", await trimaranJson(app, ["traffic", "set", "aws=50", "azure=50"]));
    assertDocumented("validate", await trimaranJson(app, ["validate"]));
    assertDocumented("init", await trimaranJson(app, ["init", "--print"]));
    assertDocumented("doctor", await trimaranJson(app, ["doctor"]));
    for (const event of running.events) assertDocumented("up", event);
    const lines = (await trimaran(app, ["logs", "aws", "--tail", "3", "--json"])).out.trim().split("\n");
    for (const line of lines) assertDocumented("logs", JSON.parse(line));
    const wrong = await trimaran(app, ["chaos", "kill", "nowhere", "--json"]);
    assertDocumented("error", JSON.parse(wrong.out));
    assert.equal(wrong.status, 10);
    assertDocumented("chaos", await trimaranJson(app, ["chaos", "slow", "gcp"]));
    assertDocumented("status", await running.status());
    await trimaranJson(app, ["chaos", "heal", "gcp"]);
  });

  await t.test("logs show what the instances wrote", async () => {
    const { status, out } = await trimaran(app, ["logs", "azure", "--tail", "5"]);
    assert.equal(status, 0);
    assert.match(out, /^azure\//m);
  });

  const question = `asked in the first run ${process.pid}`;
  await ask(running.url, question);
  assert.equal(await running.interrupt(), 0, "Ctrl-C ends with 0");

  await t.test("nothing is left running", async () => {
    const { status } = await trimaran(app, ["status"]);
    assert.equal(status, 10);
    await assert.rejects(fetch(`${running.url}/health`));
  });

  await t.test("the second start finds the data of the first", async (t2) => {
    const again = await up(t2, app);
    assert.equal(siteOf(await again.status(), "aws").state, "healthy");
    const { records } = (await (await fetch(`${again.url}/records`)).json()) as { records: { question: string }[] };
    assert.ok(records.some((r) => r.question === question));
    assert.equal(await again.interrupt(), 0);
  });

  await t.test("down --purge removes it all", async () => {
    const down = await trimaranJson(app, ["down", "--purge"]);
    assert.deepEqual(down, { stopped: false, purged: true });
    assertDocumented("down", down);
    const { status, err } = await trimaran(app, ["logs"]);
    assert.equal(status, 10, err);
  });
});

async function ask(url: string, question: string) {
  const response = await fetch(`${url}/questions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as { answer: string; passages: unknown; answeredBy: Who };
}
