import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { startForTest } from "../../testing/index.ts";
import { makeClient, reasonOf } from "../testing/http-client.ts";
import { readMask } from "./fields.ts";
import { readMultipart } from "./multipart.ts";

const root = "/storage/v1/b/documents/o";
const media = "/upload/storage/v1/b/documents/o?uploadType=media&name=";

async function start(t: TestContext, clock?: () => number) {
  const options = clock === undefined ? {} : { clock };
  const cloud = await startForTest({ cloud: "gcp", ensure: [{ kind: "bucket", name: "documents" }], ...options });
  t.after(() => cloud.close());
  return { cloud, call: makeClient(cloud, "storage", clock) };
}

test("no token, a wrong one, another cloud's, an expired one: refused", async (t) => {
  let now = Date.now();
  const { call } = await start(t, () => now);
  const other = await startForTest({ cloud: "gcp" });
  t.after(() => other.close());
  const issue = await makeClient(other, "metadata")(
    "GET",
    "/computeMetadata/v1/instance/service-accounts/default/token",
    {
      headers: { "metadata-flavor": "Google" },
    },
  );
  const foreign = String(issue.json["access_token"]);
  for (const [token, reason] of [
    [null, "required"],
    ["ya29.made-up", "authError"],
    [foreign, "authError"],
  ] as const) {
    const answer = await call("GET", root, { token });
    assert.deepEqual([answer.status, reasonOf(answer)], [401, reason]);
  }
  const { cloud } = await start(t, () => now);
  const asIssued = await makeClient(cloud, "metadata")(
    "GET",
    "/computeMetadata/v1/instance/service-accounts/default/token",
    {
      headers: { "metadata-flavor": "Google" },
    },
  );
  const token = String(asIssued.json["access_token"]);
  const later = makeClient(cloud, "storage");
  assert.equal((await later("GET", root, { token })).status, 200);
  now += Number(asIssued.json["expires_in"]) * 1000 + 2000;
  assert.equal((await later("GET", root, { token })).status, 401);
});

test("what is not served is refused, never guessed", async (t) => {
  const { call } = await start(t);
  for (const [method, path, body, status] of [
    ["GET", "/storage/v1/b/documents/iam", "", 501],
    ["PUT", "/storage/v1/b/documents/iam", "{}", 501],
    ["GET", "/storage/v1/b/documents/o/x/acl", "", 501],
    ["GET", `${root}?matchGlob=*`, "", 501],
    ["PATCH", "/storage/v1/b/documents", '{"versioning":{"enabled":true}}', 501],
    ["PATCH", "/storage/v1/b/documents", '{"lifecycle":{"rule":[{}]}}', 501],
    ["PATCH", "/storage/v1/b/documents", '{"versioning":{"enabled":false},"labels":{"a":"b"}}', 200],
    ["PATCH", "/storage/v1/b/documents", '{"iamConfiguration":{"uniformBucketLevelAccess":{"enabled":false}}}', 412],
    ["POST", `${media}x&predefinedAcl=publicRead`, "x", 400],
    ["POST", `${media}x&kmsKeyName=k`, "x", 501],
    ["GET", "/documents?prefix=x", "", 501],
    ["PUT", "/documents/x?acl", "", 501],
  ] as const) {
    assert.equal((await call(method, path, { body })).status, status, `${method} ${path} ${body}`);
  }
});

test("ranges, entity tags and generations of a download", async (t) => {
  const { call } = await start(t);
  const written = await call("POST", `${media}digits`, {
    body: "0123456789",
    headers: { "content-type": "text/plain" },
  });
  const { generation, etag } = written.json as { generation: string; etag: string };
  const get = (headers: Record<string, string> = {}, query = "") =>
    call("GET", `${root}/digits?alt=media${query}`, { headers });
  for (const [range, status, text] of [
    ["bytes=2-4", 206, "234"],
    ["bytes=7-", 206, "789"],
    ["bytes=-2", 206, "89"],
    ["bytes=8-100", 206, "89"],
    ["bytes=4-2", 200, "0123456789"],
    ["bytes=10-", 416, "Request range not satisfiable"],
  ] as const) {
    const answer = await get({ range });
    assert.deepEqual([answer.status, answer.text], [status, text], range);
  }
  const whole = await get();
  assert.equal(whole.headers["x-goog-hash"], `crc32c=${written.json["crc32c"]},md5=${written.json["md5Hash"]}`);
  assert.deepEqual([whole.headers["x-goog-generation"], whole.headers["content-type"]], [generation, "text/plain"]);
  assert.equal((await get({ "if-none-match": etag })).status, 304);
  assert.equal((await get({ "if-match": '"other"' })).status, 412);
  assert.equal((await get({}, `&ifGenerationNotMatch=${generation}`)).status, 304);
  assert.equal((await get({}, "&ifGenerationMatch=1")).status, 412);
  assert.equal((await get({}, "&generation=1")).status, 404);
  assert.equal((await get({}, "&ifGenerationMatch=x")).status, 400);
});

test("packed bytes are unpacked for who does not take them packed", async (t) => {
  const { call } = await start(t);
  await call("POST", `${media}packed&contentEncoding=gzip`, { body: gzipSync("plain text") });
  assert.equal((await call("GET", `${root}/packed?alt=media`)).text, "plain text");
  const packed = await call("GET", `${root}/packed?alt=media`, { headers: { "accept-encoding": "gzip" } });
  assert.equal(packed.headers["content-encoding"], "gzip");
});

test("a digest that does not match, a name that cannot be: 400", async (t) => {
  const { call } = await start(t);
  const headers = { "x-goog-hash": "crc32c=AAAAAA==" };
  assert.equal((await call("POST", `${media}x`, { body: "abc", headers })).status, 400);
  assert.equal((await call("POST", `${media}${"x".repeat(1025)}`, { body: "" })).status, 400);
  assert.equal((await call("POST", "/storage/v1/b?project=trimaran-local", { body: '{"name":"No"}' })).status, 400);
  assert.equal((await call("POST", "/storage/v1/b?project=another", { body: '{"name":"fine"}' })).status, 403);
});

test("multipart bodies, however they are cut and whatever ends their lines", async () => {
  const cut = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  const content = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes.map((byte) => byte % 16)));
  await fc.assert(
    fc.asyncProperty(content, fc.constantFrom("\r\n", "\n"), cut, async (bytes, line, sizes) => {
      const parts = [`--b${line}content-type: application/json${line}${line}{"name":"n"}${line}--b${line}`];
      const head = `${parts.join("")}content-type: x/y${line}${line}`;
      const all = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`${line}--b--${line}`)]);
      async function* pieces() {
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          yield all.subarray(at, at + size);
          at += size;
        }
      }
      const read = await readMultipart('multipart/related; boundary="b"', pieces());
      const got: Uint8Array[] = [];
      for await (const piece of read.media) got.push(Buffer.from(piece));
      assert.deepEqual([read.metadata.toString(), read.mediaType], ['{"name":"n"}', "x/y"]);
      assert.ok(Buffer.concat(got).equals(bytes));
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("partial responses", () => {
  assert.deepEqual(readMask("items(name,size),nextPageToken,a/b/c"), {
    items: { name: {}, size: {} },
    nextPageToken: {},
    a: { b: { c: {} } },
  });
  for (const bad of ["a(", "a,,b", "(a)", "a)"]) assert.throws(() => readMask(bad), /Invalid field selection/);
});
