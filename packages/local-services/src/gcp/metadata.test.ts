import assert from "node:assert/strict";
import { test } from "node:test";
import { startForTest } from "../testing/index.ts";
import { makeClient } from "./testing/http-client.ts";

test("the metadata server, as client libraries find and ask it", async (t) => {
  const cloud = await startForTest({ cloud: "gcp", region: "europe-west1" });
  t.after(() => cloud.close());
  const call = makeClient(cloud, "metadata");
  const headers = { "metadata-flavor": "Google" };
  const get = (path: string) => call("GET", `/computeMetadata/v1/${path}`, { headers, token: null });

  assert.equal((await call("GET", "/", { token: null })).headers["metadata-flavor"], "Google");
  assert.equal((await call("GET", "/computeMetadata/v1/project/project-id", { token: null })).status, 403);
  const forwarded = { ...headers, "x-forwarded-for": "10.0.0.1" };
  assert.equal((await call("GET", "/computeMetadata/v1/project/project-id", { headers: forwarded })).status, 403);
  assert.equal((await get("project/project-id")).text, "trimaran-local");
  assert.match((await get("instance/zone")).text, /\/zones\/europe-west1-a$/);
  assert.equal((await get("instance/nothing")).status, 404);
  assert.deepEqual(
    [(await get("instance")).status, (await get("instance")).headers["location"]],
    [301, "/computeMetadata/v1/instance/"],
  );
  assert.match((await get("instance/service-accounts/")).text, /^default\/$/m);
  const all = (await get("instance/service-accounts/?recursive=true")).json as {
    default: { email: string; scopes: string[] };
  };
  assert.match(all.default.email, /@trimaran-local\.iam\.gserviceaccount\.com$/);
  assert.ok(Array.isArray(all.default.scopes) && !("token" in all.default));
  const identity = (await get("instance/service-accounts/default/identity?audience=https://x.example")).text;
  const claims = JSON.parse(Buffer.from(identity.split(".")[1]!, "base64url").toString()) as { aud: string };
  assert.equal(claims.aud, "https://x.example");
});
