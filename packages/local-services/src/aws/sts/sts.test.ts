import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { test } from "node:test";
import { issueToken } from "../../core/credentials.ts";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { checkKey } from "../keys.ts";
import { WEB_IDENTITY } from "./service.ts";

function post(cloud: TestCloud, form: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(cloud.announcement.endpoints["sts"]!);
  const body = new URLSearchParams({ Version: "2011-06-15", ...form }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method: "POST", headers, ca: cloud.announcement.authority, agent: false };
    const request = httpsRequest(options, async (response) => {
      let text = "";
      for await (const part of response) text += String(part);
      resolve(text);
    });
    request.on("error", reject);
    request.end(body);
  });
}

test("a web identity's token opens a role, with a session that signs; other tokens do not", async (t) => {
  const cloud = await startForTest({ cloud: "aws" });
  t.after(() => cloud.close());
  const rootKey = Buffer.from(cloud.config.rootKey, "hex");
  const expiresAt = Date.now() + 60_000;
  const token = (of: { rootKey: Uint8Array; kind?: string; expiresAt?: number }) =>
    issueToken({ kind: WEB_IDENTITY, subject: "app@azure", expiresAt, ...of });
  const assume = (WebIdentityToken: string, more: Record<string, string> = {}) =>
    post(cloud, {
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: "arn:aws:iam::111122223333:role/app",
      RoleSessionName: "me",
      WebIdentityToken,
      ...more,
    });
  const answer = await assume(token({ rootKey }));
  const field = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(answer)![1]!;
  assert.equal(field("SubjectFromWebIdentityToken"), "app@azure");
  const check = checkKey(rootKey, field("AccessKeyId"), field("SessionToken"), Date.now());
  assert.ok(check.ok && check.secretAccessKey === field("SecretAccessKey"));
  assert.equal(check.identity.arn, "arn:aws:sts::111122223333:assumed-role/app/me");

  assert.match(await assume(token({ rootKey: randomBytes(32) })), /InvalidIdentityToken/);
  assert.match(await assume(token({ rootKey, kind: "aws-session" })), /InvalidIdentityToken/);
  assert.match(await assume(token({ rootKey, expiresAt: Date.now() - 1000 })), /ExpiredTokenException/);
  assert.match(await assume(token({ rootKey }), { RoleArn: "arn:aws:iam::999999999999:role/app" }), /AccessDenied/);
  assert.match(await assume(token({ rootKey }), { DurationSeconds: "1" }), /ValidationError/);
  assert.match(await post(cloud, { Action: "GetCallerIdentity" }), /MissingAuthenticationToken/);
  assert.match(await post(cloud, { Action: "GetFederationToken" }), /InvalidAction/);
});
