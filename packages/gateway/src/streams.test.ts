import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { isLong } from "../../../test/parts.ts";
import { ask, configOf, sharedUpstream, startGateway, type TestGateway, until } from "../testing/harness.ts";

const MIB = 1024 * 1024;
const BYTES = (isLong ? 1024 : 256) * MIB;
/** What the process may grow by while it moves a body of any size: buffers, and a heap that is collected at its leisure. */
const GROWTH = 96 * MIB;

/** Resident bytes: proc(5). */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

async function mostResident(pid: number, work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentBytes(pid))), 20);
  await work().finally(() => clearInterval(timer));
  return most;
}

async function warm(gateway: TestGateway): Promise<number> {
  for (let i = 0; i < 300; i++) await ask(`${gateway.url}/download?bytes=65536`);
  return residentBytes(gateway.child.pid!);
}

test("bodies stream down with constant memory, also to a client that is slower than the upstream", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const before = await warm(gateway);
  const most = await mostResident(gateway.child.pid!, async () => {
    const bytes = await new Promise<number>((resolve, reject) => {
      http.get(`${gateway.url}/download?bytes=${BYTES}`, (res) => {
        let sum = 0;
        let pauses = 0;
        res.on("data", (chunk: Buffer) => {
          sum += chunk.length;
          if (sum > pauses * (BYTES / 20)) {
            pauses += 1;
            res.pause();
            setTimeout(() => res.resume(), 10);
          }
        });
        res.on("end", () => resolve(sum)).on("error", reject);
      });
    });
    assert.equal(bytes, BYTES);
  });
  assert.ok(most - before < GROWTH, `${Math.round((most - before) / MIB)} MiB more`);
});

test("bodies stream up with constant memory, with and without a length", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const before = await warm(gateway);
  const chunk = Buffer.alloc(MIB, "u");
  const most = await mostResident(gateway.child.pid!, async () => {
    for (const headers of [{ "content-length": String(BYTES) }, {}]) {
      const request = http.request(`${gateway.url}/upload`, { method: "POST", headers });
      const answer = new Promise<string>((resolve, reject) => {
        request.on("error", reject).on("response", (res) => {
          let text = "";
          res.on("data", (part: Buffer) => (text += part.toString())).on("end", () => resolve(text));
        });
      });
      let sent = 0;
      await pipeline(
        new Readable({
          highWaterMark: 4 * MIB,
          read() {
            sent += chunk.length;
            this.push(sent <= BYTES ? chunk : null);
          },
        }),
        request,
      );
      assert.deepEqual(JSON.parse(await answer), { name: "a", bytes: BYTES });
    }
  });
  assert.ok(most - before < GROWTH, `${Math.round((most - before) / MIB)} MiB more`);
});

test("server-sent events arrive one by one, and a client that leaves is told to the upstream", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const request = http.get(`${gateway.url}/events`);
  request.on("error", () => {}); // it is destroyed below
  let text = "";
  const opened = new Promise<void>((resolve) =>
    request.on("response", (res) => {
      res.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => {});
      resolve();
    }),
  );
  await opened; // the head comes before the first event
  for (let i = 1; i <= 3; i++) {
    await ask(`${a.url}/events`, { method: "POST" });
    await until(`event ${i}`, () => text === "data: a\n\n".repeat(i));
  }
  request.destroy();
  await until(
    "the upstream is let go",
    async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 0,
  );
});

/** Speaks bytes; resolves with all that came when the other side closes. */
function raw(port: number, bytes: string): { readonly socket: net.Socket; readonly all: Promise<string> } {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(bytes);
  let text = "";
  const all = new Promise<string>((resolve) => {
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("close", () => resolve(text)).on("error", () => resolve(text));
  });
  return { socket, all };
}

test("slow clients cannot hold it: heads, bodies, and readers", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }, { limits: { slowClientTimeoutMs: 300 } }));
  const { port } = gateway;
  const [silent, halfHead, halfBody, chunked] = await Promise.all([
    raw(port, "").all,
    raw(port, "GET / HTTP/1.1\r\nHost: a\r\nX-Sl").all,
    raw(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc").all,
    raw(port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").all,
  ]);
  assert.match(halfHead, /^HTTP\/1\.1 408 [\s\S]*x-trimaran-error: slow-client/);
  assert.match(halfBody, /^HTTP\/1\.1 408 [\s\S]*x-trimaran-error: slow-client/);
  assert.match(chunked, /^HTTP\/1\.1 408 /);
  assert.ok(silent === "" || silent.startsWith("HTTP/1.1 408"));
  const reader = net.connect(port, "127.0.0.1");
  reader.on("error", () => {}); // it is cut
  reader.write("GET /download?bytes=100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  await until("it is under way", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 1);
  await until("it is cut", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 0);
  reader.destroy();
  await until("no connection is left", async () => (await gateway.control.stats()).openConnections <= 1);
});

test("a body that goes on slowly but steadily is fine", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }, { limits: { slowClientTimeoutMs: 400 } }));
  const request = http.request(`${gateway.url}/upload`, { method: "POST" });
  const status = new Promise((resolve, reject) => {
    request.on("response", (res) => resolve(res.resume().statusCode)).on("error", reject);
  });
  for (let i = 0; i < 10; i++) {
    request.write("x");
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  request.end();
  assert.equal(await status, 200);
});

test("size limits: 431 for heads, 413 for bodies, said or not said in advance", async (t) => {
  const a = await sharedUpstream("a");
  const limits = { maxBodyBytes: 100_000, maxHeaderBytes: 2048 };
  const gateway = await startGateway(t, configOf({ aws: [a] }, { limits }));
  const wide = await ask(gateway.url, { headers: { "x-wide": "x".repeat(3000) }, agent: new http.Agent() });
  assert.equal(wide.status, 431);
  assert.equal(wide.headers["x-trimaran-error"], "headers-too-large");
  const body = "b".repeat(150_000);
  const said = await ask(gateway.url, { method: "POST", body });
  assert.equal(said.status, 413);
  assert.equal(said.headers["x-trimaran-error"], "too-large");
  const unsaid = await ask(gateway.url, { method: "POST", body, headers: { "transfer-encoding": "chunked" } });
  assert.equal(unsaid.status, 413);
  assert.equal((await ask(gateway.url, { method: "POST", body: "b".repeat(100_000) })).status, 200);
  await gateway.change({ limits: { ...gateway.config.limits, maxHeaderBytes: 8192 } });
  const wider = await ask(gateway.url, { headers: { "x-wide": "x".repeat(3000) }, agent: new http.Agent() });
  assert.equal(wider.status, 200, "for new connections, after a change");
});

test("Expect: 100-continue is answered by the gateway before the body", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }, { limits: { maxBodyBytes: 100 } }));
  const expect = (length: number) =>
    new Promise<readonly [boolean, number | undefined]>((resolve, reject) => {
      let hasContinued = false;
      const headers = { expect: "100-continue", "content-length": String(length) };
      const request = http.request(gateway.url, { method: "POST", headers, agent: new http.Agent() });
      request.on("continue", () => {
        hasContinued = true;
        request.end("x".repeat(length));
      });
      request.on("response", (res) => resolve([hasContinued, res.resume().statusCode])).on("error", reject);
      request.flushHeaders();
    });
  assert.deepEqual(await expect(10), [true, 200]);
  assert.deepEqual(await expect(1000), [false, 413]);
});

test("HTTP/1.0, pipelining, and what smugglers send", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const { port } = gateway;
  const old = await raw(port, "GET / HTTP/1.0\r\n\r\n").all;
  assert.match(old, /^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*"name":"a"/i);
  const oldDownload = await raw(port, "GET /download?bytes=1000 HTTP/1.0\r\n\r\n").all;
  assert.match(oldDownload, /\r\n\r\nx{1000}$/, "no chunks for HTTP/1.0");
  const two = await raw(
    port,
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  ).all;
  assert.ok(two.indexOf('"/1"') > 0 && two.indexOf('"/1"') < two.indexOf('"/2"'), two);
  for (const request of [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\nConnection: close\r\n\r\n",
    "GET nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  ]) {
    assert.match(await raw(port, request).all, /^HTTP\/1\.1 400 /, JSON.stringify(request));
  }
  const h2c = await ask(gateway.url, {
    headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AA" },
  });
  assert.equal(h2c.status, 200, "an upgrade that is not offered is passed over");
});

test("fuzz: bytes of any kind never bring it down", async (t) => {
  const a = await sharedUpstream("a");
  const gateway = await startGateway(t, configOf({ aws: [a] }));
  const pieces = [
    "GET / HTTP/1.1\r\n",
    "Host: a\r\n",
    "\r\n",
    "Upgrade: x\r\nConnection: upgrade\r\n",
    "POST",
    "\0",
    "Content-Length: 9\r\n",
    "é",
    "0\r\n",
  ];
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let i = 0; i < 100; i++) {
    const bytes = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]!).join("");
    const { socket, all } = raw(gateway.port, bytes);
    setTimeout(() => socket.destroy(), 5);
    await all;
  }
  assert.equal((await ask(gateway.url)).status, 200);
  await until("nothing is left over", async () => (await gateway.control.stats()).sites[0]!.targets[0]!.inFlight === 0);
});
