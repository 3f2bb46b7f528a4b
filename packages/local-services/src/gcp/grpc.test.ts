import assert from "node:assert/strict";
import { test } from "node:test";
import { type CallOptions, credentials, Metadata, makeGenericClientConstructor } from "@grpc/grpc-js";
import { startForTest, type TestCloud } from "../testing/index.ts";
import { readSchema } from "./grpc.ts";
import { secretSchema } from "./secrets/schema.ts";
import { makeTokens } from "./tokens.ts";

const service = "google.cloud.secretmanager.v1.SecretManagerService";

/** One bare call; resolves to the status code, 0 when it went well. */
function call(cloud: TestCloud, method: string, authorization: string | undefined, bytes: Uint8Array): Promise<number> {
  const same = (all: Buffer) => all;
  const Client = makeGenericClientConstructor({}, "bare");
  const trust = credentials.createSsl(Buffer.from(cloud.announcement.authority));
  const client = new Client(new URL(cloud.announcement.endpoints["secretmanager"]!).host, trust);
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set("authorization", authorization);
  const options: CallOptions = {};
  return new Promise((resolve) => {
    client.makeUnaryRequest(`/${service}/${method}`, same, same, Buffer.from(bytes), metadata, options, (error) => {
      client.close();
      resolve(error === null ? 0 : error.code);
    });
  });
}

test("gRPC: who may not is refused, what is not served says so, what is not read is no request", async (t) => {
  let now = Date.now();
  const ensure = [{ kind: "secret", name: "signing", first: { generateBytes: 32 } }] as const;
  const cloud = await startForTest({ cloud: "gcp", ensure, clock: () => now });
  t.after(() => cloud.close());
  const { token } = makeTokens(Buffer.from(cloud.config.rootKey, "hex"), () => now).issue();
  const type = readSchema(secretSchema).lookupType("google.cloud.secretmanager.v1.AccessSecretVersionRequest");
  const request = type.encode({ name: "projects/trimaran-local/secrets/signing/versions/latest" } as never).finish();
  const [good, access] = [`Bearer ${token}`, "AccessSecretVersion"];
  assert.equal(await call(cloud, access, good, request), 0);
  assert.equal(await call(cloud, access, undefined, request), 16);
  assert.equal(await call(cloud, access, "Bearer ya29.made-up", request), 16);
  assert.equal(await call(cloud, access, `Basic ${token}`, request), 16);
  assert.equal(await call(cloud, access, good, Buffer.from("ff", "hex")), 3);
  assert.equal(await call(cloud, "SetIamPolicy", good, new Uint8Array()), 12);
  now += 3_700_000;
  assert.equal(await call(cloud, access, good, request), 16);
});
