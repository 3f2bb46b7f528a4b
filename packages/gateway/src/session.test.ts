import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { type Answer, ask, configOf, end, siteOf, startGateway, startUpstream, until } from "../testing/harness.ts";

const cookieOf = (answer: Answer) => answer.headers["set-cookie"]?.find((cookie) => cookie.startsWith("trimaran="));
const pairOf = (cookie: string) => cookie.split(";", 1)[0]!;

async function twoSites(t: Parameters<typeof startUpstream>[0]) {
  const aws = [await startUpstream(t, "aws-1"), await startUpstream(t, "aws-2")];
  const azure = [await startUpstream(t, "azure-1")];
  const gateway = await startGateway(t, { ...configOf({ aws, azure }), affinity: "session" });
  return { aws, azure, gateway };
}
const nameOf = (answer: { readonly body: string }) => (JSON.parse(answer.body) as { name: string }).name;

test("a browser stays on its instance, and its requests do not count for the weights", async (t) => {
  const { gateway } = await twoSites(t);
  const first = await ask(gateway.url);
  const set = cookieOf(first)!;
  assert.match(set, /; Path=\/; HttpOnly; SameSite=Lax$/);
  const headers = { cookie: `theme=dark; ${pairOf(set)}; other=1` };
  for (let i = 0; i < 10; i++) {
    const answer = await ask(gateway.url, { headers });
    assert.equal(nameOf(answer), nameOf(first));
    assert.equal(cookieOf(answer), undefined, "it has it already");
  }
  const { sites } = await gateway.control.stats();
  assert.equal(sites[0]!.assigned + sites[1]!.assigned, 1);
});

test("a cookie that nobody gave out is worth nothing", async (t) => {
  const { gateway } = await twoSites(t);
  const [site, target, mac] = pairOf(cookieOf(await ask(gateway.url))!)
    .slice("trimaran=".length)
    .split(".");
  const forged = [
    `${site}.${target}.${mac!.slice(0, -2)}AA`,
    `${site}.${Buffer.from("aws-2").toString("base64url")}.${"A".repeat(43)}`,
    `${site}.${target}`,
    "x",
    "..",
    "",
  ];
  for (const value of forged) {
    assert.ok(cookieOf(await ask(gateway.url, { headers: { cookie: `trimaran=${value}` } })), value);
  }
});

test("a session moves when its instance is draining, disabled, removed, sick or dead", async (t) => {
  const { aws, azure, gateway } = await twoSites(t);
  const only = (...names: readonly string[]) =>
    siteOf("aws", aws).targets.map((target) => ({ ...target, draining: !names.includes(target.id) }));
  const stick = async (headers: { cookie?: string } = {}) => {
    const answer = await ask(gateway.url, { headers });
    return { name: nameOf(answer), cookie: cookieOf(answer) };
  };
  await gateway.change({ sites: [siteOf("aws", aws)] });
  let { name, cookie } = await stick();
  const other = name === "aws-1" ? "aws-2" : "aws-1";
  await gateway.change({ sites: [siteOf("aws", aws, { targets: only(other) })] });
  ({ name, cookie } = await stick({ cookie: pairOf(cookie!) }));
  assert.equal(name, other, "draining");
  await gateway.change({ sites: [siteOf("aws", aws, { enabled: false }), siteOf("azure", azure)] });
  ({ name, cookie } = await stick({ cookie: pairOf(cookie!) }));
  assert.equal(name, "azure-1", "disabled");
  await gateway.change({ sites: [siteOf("aws", [aws[0]!])] });
  ({ name, cookie } = await stick({ cookie: pairOf(cookie!) }));
  assert.equal(name, "aws-1", "removed");
  await gateway.change({ sites: [siteOf("aws", aws)] });
  assert.equal((await stick({ cookie: pairOf(cookie!) })).name, "aws-1", "and stays");
  await aws[0]!.set("health=500");
  await until("it is out", async () => !(await gateway.control.stats()).sites[0]!.targets[0]!.healthy);
  ({ name, cookie } = await stick({ cookie: pairOf(cookie!) }));
  assert.equal(name, "aws-2", "sick");
  await aws[0]!.set("health=200");
  await until("it is in", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.healthy);
  await end(aws[1]!.child);
  ({ name, cookie } = await stick({ cookie: pairOf(cookie!) }));
  assert.equal(name, "aws-1", "dead, and the request did not notice");
  assert.ok(cookie, "the cookie follows");
});

test("WebSockets: on the session's instance, both ways, through weights and an upstream that refuses", async (t) => {
  const { gateway } = await twoSites(t);
  const first = await ask(gateway.url);
  const headers = { cookie: pairOf(cookieOf(first)!) };
  const url = gateway.url.replace("http", "ws");
  for (let i = 0; i < 4; i++) {
    const ws = new WebSocket(url, { headers });
    await once(ws, "open");
    ws.send("hello");
    const [said] = (await once(ws, "message")) as [Buffer];
    assert.equal(said.toString(), `${nameOf(first)}: hello`);
    ws.close();
    await once(ws, "close");
  }
  const names = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const ws = new WebSocket(url);
    const opened = once(ws, "open");
    const [response] = (await once(ws, "upgrade")) as [{ headers: Record<string, unknown> }];
    names.add(String(response.headers["x-trimaran-site"]));
    assert.match(String(response.headers["set-cookie"]), /trimaran=/, "a session may begin with one");
    await opened;
    ws.close();
  }
  assert.deepEqual([...names].toSorted(), ["aws", "azure"]);
  const refused = new WebSocket(`${url}/refused`);
  const [error] = (await once(refused, "error")) as [Error];
  assert.match(error.message, /403/);
  await until("no tunnel is left", async () =>
    (await gateway.control.stats()).sites.every((site) => site.targets.every((target) => target.inFlight === 0)),
  );
});

test("a WebSocket to a dead instance opens elsewhere; one that is open outlives a change of weights", async (t) => {
  const aws = await startUpstream(t, "aws");
  const azure = await startUpstream(t, "azure");
  const config = configOf({ aws: [aws], azure: [azure] }, { health: { intervalMs: 60_000 } });
  const gateway = await startGateway(t, config);
  await end(aws.child);
  const sockets: WebSocket[] = [];
  for (let i = 0; i < 2; i++) {
    const ws = new WebSocket(gateway.url.replace("http", "ws"));
    await once(ws, "open");
    sockets.push(ws);
  }
  await gateway.change({ sites: [siteOf("azure", [azure], { enabled: false })] });
  for (const ws of sockets) {
    ws.send("still here");
    const [said] = (await once(ws, "message")) as [Buffer];
    assert.equal(said.toString(), "azure: still here");
    ws.terminate();
  }
});
