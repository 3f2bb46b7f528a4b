import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { type TestContext, test } from "node:test";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { type AwsKeys, issueSession, longLivedKeys } from "../keys.ts";
import { signingKey, signText } from "./canonical.ts";
import type { SignatureClaim } from "./parse.ts";

const HOUR_MS = 3600 * 1000;
const ARN = "arn:aws:sts::111122223333:assumed-role/app/test";
const hash = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly code: string | undefined;
}

function send(
  cloud: TestCloud,
  how: { method: string; path: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  const { hostname, port } = new URL(cloud.announcement.endpoints["s3"]!);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        hostname,
        port,
        method: how.method,
        path: how.path,
        headers: how.headers ?? {},
        ca: cloud.announcement.authority,
        agent: false,
      },
      async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        const body = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode!, body, code: /<Code>(.*?)<\/Code>/.exec(body)?.[1] });
      },
    );
    request.on("error", reject);
    request.end(how.body);
  });
}

/** A signer by the book, so that each part of it can be got wrong on its own. */
function sign(
  cloud: TestCloud,
  keys: AwsKeys & { readonly sessionToken?: string },
  how: {
    method: string;
    path: string;
    query?: string;
    payload: string;
    at?: number;
    headers?: Record<string, string>;
    secret?: string;
    service?: string;
  },
): { headers: Record<string, string>; claim: SignatureClaim; key: Buffer } {
  const amzDate = new Date(how.at ?? Date.now()).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const service = how.service ?? "s3";
  const all: Record<string, string> = {
    host: new URL(cloud.announcement.endpoints["s3"]!).host,
    "x-amz-date": amzDate,
    "x-amz-content-sha256": how.payload,
    ...(keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken }),
    ...how.headers,
  };
  const names = Object.keys(all).sort();
  const scopeDate = amzDate.slice(0, 8);
  const scope = `${scopeDate}/us-east-1/${service}/aws4_request`;
  const canonical = [
    how.method,
    how.path,
    how.query ?? "",
    ...names.map((n) => `${n}:${all[n]}`),
    "",
    names.join(";"),
    how.payload,
  ].join("\n");
  const claim: SignatureClaim = {
    source: "header",
    accessKeyId: keys.accessKeyId,
    scope,
    scopeDate,
    region: "us-east-1",
    service,
    signedHeaders: names,
    signature: "",
    sessionToken: keys.sessionToken,
    amzDate,
    expiresSeconds: undefined,
  };
  const key = signingKey(how.secret ?? keys.secretAccessKey, claim);
  const signature = signText(key, ["AWS4-HMAC-SHA256", amzDate, scope, hash(canonical)].join("\n"));
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { headers: { ...all, authorization }, claim: { ...claim, signature }, key };
}

async function start(t: TestContext) {
  const cloud = await startForTest({ cloud: "aws", ensure: [{ kind: "bucket", name: "documents" }] });
  t.after(() => cloud.close());
  const rootKey = Buffer.from(cloud.config.rootKey, "hex");
  return { cloud, rootKey, keys: longLivedKeys(rootKey) };
}

test("signatures that are wrong in one way each are refused in the vendor's words", async (t) => {
  const { cloud, rootKey, keys } = await start(t);
  const target = { method: "PUT", path: "/documents/k", payload: hash("body") };
  const put = async (signed: { headers: Record<string, string> }, body = "body") => {
    const answer = await send(cloud, { ...target, headers: signed.headers, body });
    return [answer.status, answer.code];
  };
  const session = issueSession(rootKey, ARN, Date.now() + HOUR_MS);
  assert.deepEqual(await put(sign(cloud, keys, target)), [200, undefined]);
  assert.deepEqual(await put(sign(cloud, session, target)), [200, undefined]);
  assert.deepEqual(await put(sign(cloud, keys, target), "Body"), [400, "XAmzContentSHA256Mismatch"]);
  assert.deepEqual(await put(sign(cloud, keys, { ...target, secret: "wrong" })), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await put(sign(cloud, longLivedKeys(randomBytes(32)), target)), [403, "InvalidAccessKeyId"]);
  assert.deepEqual(await put(sign(cloud, { ...keys, sessionToken: "x" }, target)), [400, "InvalidToken"]);
  const { sessionToken: _token, ...bare } = session;
  assert.deepEqual(await put(sign(cloud, bare, target)), [403, "InvalidAccessKeyId"]);
  const other = issueSession(rootKey, `${ARN}2`, Date.now() + 2 * HOUR_MS);
  assert.deepEqual(await put(sign(cloud, { ...session, sessionToken: other.sessionToken }, target)), [
    400,
    "InvalidToken",
  ]);
  const expired = issueSession(rootKey, ARN, Date.now() - 1000);
  assert.deepEqual(await put(sign(cloud, expired, target)), [400, "ExpiredToken"]);
  const late = { ...target, at: Date.now() - 16 * 60_000 };
  assert.deepEqual(await put(sign(cloud, keys, late)), [403, "RequestTimeTooSkewed"]);
  const sts = { ...target, service: "sts" };
  assert.deepEqual(await put(sign(cloud, keys, sts)), [400, "AuthorizationHeaderMalformed"]);
  const unsigned = sign(cloud, keys, target);
  unsigned.headers["x-amz-meta-added"] = "later";
  assert.deepEqual(await put(unsigned), [403, "AccessDenied"]);
  assert.deepEqual(await put({ headers: {} }), [403, "AccessDenied"]);
  assert.deepEqual(await put({ headers: { authorization: "Basic eDp5" } }), [400, "AuthorizationHeaderMalformed"]);
});

test("chunks with signatures of their own: taken when they hold, refused whole when one does not", async (t) => {
  const { cloud, keys } = await start(t);
  const pieces = [randomBytes(9000), randomBytes(500), Buffer.alloc(0)];
  const bytes = Buffer.concat(pieces);
  const put = async (trailer: string | undefined, spoil: (body: Buffer) => Buffer) => {
    const payload = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer === undefined ? "" : "-TRAILER"}`;
    const headers = {
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": String(bytes.length),
      ...(trailer === undefined ? {} : { "x-amz-trailer": "x-amz-checksum-sha256" }),
    };
    const signed = sign(cloud, keys, { method: "PUT", path: "/documents/chunked", payload, headers });
    const { amzDate, scope } = signed.claim;
    let previous = signed.claim.signature;
    const parts: Buffer[] = [];
    for (const piece of pieces) {
      previous = signText(
        signed.key,
        ["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope, previous, hash(""), hash(piece)].join("\n"),
      );
      parts.push(Buffer.from(`${piece.length.toString(16)};chunk-signature=${previous}\r\n`), piece);
      if (piece.length > 0) parts.push(Buffer.from("\r\n"));
    }
    if (trailer !== undefined) {
      const line = `x-amz-checksum-sha256:${trailer}`;
      const signature = signText(
        signed.key,
        ["AWS4-HMAC-SHA256-TRAILER", amzDate, scope, previous, hash(`${line}\n`)].join("\n"),
      );
      parts.push(Buffer.from(`${line}\r\nx-amz-trailer-signature:${signature}\r\n`));
    }
    parts.push(Buffer.from("\r\n"));
    const body = spoil(Buffer.concat(parts));
    const length = { "content-length": String(body.length) };
    const answer = await send(cloud, {
      method: "PUT",
      path: "/documents/chunked",
      headers: { ...signed.headers, ...length },
      body,
    });
    return [answer.status, answer.code];
  };
  const right = createHash("sha256").update(bytes).digest("base64");
  const flip = (body: Buffer) => {
    const copy = Buffer.from(body);
    copy[200] = copy[200]! ^ 1;
    return copy;
  };
  const asIs = (body: Buffer) => body;
  assert.deepEqual(await put(undefined, flip), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await put(undefined, (body) => body.subarray(0, 5000)), [400, "IncompleteBody"]);
  assert.deepEqual(await put(hash("other"), asIs), [400, "BadDigest"]);
  const empty = sign(cloud, keys, { method: "GET", path: "/documents/chunked", payload: hash("") });
  assert.equal(
    (await send(cloud, { method: "GET", path: "/documents/chunked", headers: empty.headers })).code,
    "NoSuchKey",
  );
  assert.deepEqual(await put(undefined, asIs), [200, undefined]);
  assert.deepEqual(await put(right, asIs), [200, undefined]);
});

test("presigned links work until they expire, and for nothing else", async (t) => {
  const { cloud, keys } = await start(t);
  const s3 = new S3Client({
    region: "us-east-1",
    endpoint: cloud.announcement.endpoints["s3"]!,
    forcePathStyle: true,
    credentials: keys,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  t.after(() => s3.destroy());
  const pathOf = (url: string) => url.slice(new URL(url).origin.length);
  const target = { Bucket: "documents", Key: "a b/ü" };
  const put = await getSignedUrl(s3, new PutObjectCommand(target), { expiresIn: 60 });
  assert.equal((await send(cloud, { method: "PUT", path: pathOf(put), body: "hello" })).status, 200);
  const get = await getSignedUrl(s3, new GetObjectCommand(target), { expiresIn: 60 });
  assert.equal((await send(cloud, { method: "GET", path: pathOf(get) })).body, "hello");
  assert.equal((await send(cloud, { method: "DELETE", path: pathOf(get) })).code, "SignatureDoesNotMatch");
  assert.equal(
    (await send(cloud, { method: "GET", path: pathOf(get).replace("a%20b", "c") })).code,
    "SignatureDoesNotMatch",
  );
  const old = await getSignedUrl(s3, new GetObjectCommand(target), {
    expiresIn: 60,
    signingDate: new Date(Date.now() - 61_000),
  });
  const answer = await send(cloud, { method: "GET", path: pathOf(old) });
  assert.deepEqual([answer.code, /Request has expired/.test(answer.body)], ["AccessDenied", true]);
});

test("what is not built is S3's own 501, and never the plainer call's answer", async (t) => {
  const { cloud, keys } = await start(t);
  const plain = (method: string, path: string, headers: Record<string, string>) => {
    const signed = sign(cloud, keys, { method, path, payload: hash(""), headers });
    return send(cloud, { method, path, headers: signed.headers });
  };
  for (const [method, path, query] of [
    ["GET", "/documents", "acl="],
    ["GET", "/documents", "versions="],
    ["PUT", "/documents", "versioning="],
    ["PUT", "/documents/k", "acl="],
    ["GET", "/documents/k", "versionId=1"],
    ["POST", "/documents/k", "restore="],
    ["DELETE", "/documents", "lifecycle="],
  ] as const) {
    const { headers } = sign(cloud, keys, { method, path, query, payload: hash("") });
    const answer = await send(cloud, { method, path: `${path}?${query}`, headers });
    assert.deepEqual([answer.status, answer.code], [501, "NotImplemented"], `${method} ${query}`);
  }
  for (const headers of [
    { "x-amz-server-side-encryption": "aws:kms" },
    { "x-amz-acl": "public-read" },
    { "x-amz-object-lock-mode": "GOVERNANCE" },
  ]) {
    const answer = await plain("PUT", "/documents/k", { ...headers, "content-length": "0" });
    assert.deepEqual([answer.status, answer.code], [501, "NotImplemented"]);
  }
});
