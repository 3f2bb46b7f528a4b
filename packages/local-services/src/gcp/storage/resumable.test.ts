import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { startForTest } from "../../testing/index.ts";
import { type Client, makeClient } from "../testing/http-client.ts";

const quantum = 256 * 1024;
const uploads = "/upload/storage/v1/b/documents/o";

async function start(t: TestContext) {
  const cloud = await startForTest({ cloud: "gcp", ensure: [{ kind: "bucket", name: "documents" }] });
  t.after(() => cloud.close());
  return { cloud, call: makeClient(cloud, "storage") };
}

async function open(call: Client, query = "name=it", body = "{}"): Promise<string> {
  const answer = await call("POST", `${uploads}?uploadType=resumable&${query}`, { body });
  assert.equal(answer.status, 200);
  const { pathname, search } = new URL(String(answer.headers["location"]));
  return pathname + search;
}

const put = (call: Client, session: string, range: string, body: Uint8Array | string = "") =>
  call("PUT", session, {
    headers: { "content-range": range, "content-length": String(body.length) },
    body,
    token: null,
  });

test("chunks, questions and a restart between them", async (t) => {
  const { cloud, call } = await start(t);
  const bytes = randomBytes(2 * quantum + 100);
  const session = await open(call);
  const asked = await put(call, session, "bytes */*");
  assert.deepEqual([asked.status, asked.headers["range"]], [308, undefined]);
  const first = await put(call, session, `bytes 0-${quantum - 1}/*`, bytes.subarray(0, quantum));
  assert.deepEqual([first.status, first.headers["range"]], [308, `bytes=0-${quantum - 1}`]);
  await cloud.restart();
  const again = await put(call, session, "bytes */*");
  assert.deepEqual([again.status, again.headers["range"]], [308, `bytes=0-${quantum - 1}`]);
  // What overlaps is taken once.
  const rest = await put(call, session, `bytes 1000-${bytes.length - 1}/${bytes.length}`, bytes.subarray(1000));
  assert.deepEqual([rest.status, rest.json["size"]], [200, String(bytes.length)]);
  await cloud.restart();
  const finished = await put(call, session, "bytes */*");
  assert.deepEqual([finished.status, finished.json["generation"]], [200, rest.json["generation"]]);
  const whole = await call("GET", "/storage/v1/b/documents/o/it");
  assert.equal(whole.json["crc32c"], rest.json["crc32c"]);
});

test("bytes that do not end the object are kept in whole quanta", async (t) => {
  const { call } = await start(t);
  const session = await open(call);
  const odd = await put(call, session, `bytes 0-${quantum + 99}/*`, randomBytes(quantum + 100));
  assert.equal(odd.headers["range"], `bytes=0-${quantum - 1}`);
  const gap = await put(call, session, `bytes ${quantum + 100}-${quantum + 101}/${quantum + 102}`, "ab");
  assert.equal(gap.status, 400);
});

test("what came before a connection broke is kept", async (t) => {
  const { cloud, call } = await start(t);
  const session = await open(call);
  const { port } = new URL(cloud.announcement.endpoints["storage"]!);
  const socket = connect({ port: Number(port), host: "127.0.0.1", ca: cloud.announcement.authority });
  socket.on("error", () => {});
  const head = [
    `PUT ${session} HTTP/1.1`,
    "host: localhost",
    "content-range: bytes 0-*/*",
    "transfer-encoding: chunked",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n5\r\nhello\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  let range: unknown;
  for (let tries = 0; range === undefined && tries < 100; tries++) {
    range = (await put(call, session, "bytes */*")).headers["range"];
  }
  assert.equal(range, "bytes=0-4");
  const rest = await put(call, session, "bytes 5-6/7", "!!");
  assert.deepEqual([rest.status, rest.json["size"]], [200, "7"]);
});

test("promises are kept: digests, preconditions", async (t) => {
  const { call } = await start(t);
  const wrong = await open(call, "name=wrong", JSON.stringify({ md5Hash: "AAAAAAAAAAAAAAAAAAAAAA==" }));
  assert.equal((await put(call, wrong, "bytes 0-1/2", "ab")).status, 400);
  assert.equal((await call("GET", "/storage/v1/b/documents/o/wrong")).status, 404);
  const [one, two] = [
    await open(call, "name=once&ifGenerationMatch=0"),
    await open(call, "name=once&ifGenerationMatch=0"),
  ];
  assert.equal((await put(call, one, "bytes 0-1/2", "ab")).status, 200);
  assert.equal((await put(call, two, "bytes 0-1/2", "cd")).status, 412);
});

test("a session that is cancelled, or never was, is gone", async (t) => {
  const { call } = await start(t);
  const session = await open(call);
  assert.equal((await call("DELETE", session)).status, 499);
  assert.equal((await call("PUT", session, { headers: { "content-range": "bytes 0-1/2" }, body: "ab" })).status, 404);
  assert.equal((await put(call, `${uploads}?upload_id=guessed`, "bytes 0-1/2", "ab")).status, 401);
});
