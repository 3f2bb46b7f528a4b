import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent } from "node:https";
import { type TestContext, test } from "node:test";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startForTest } from "../../testing/index.ts";
import { longLivedKeys } from "../keys.ts";

const DAY_MS = 24 * 3600 * 1000;
const named = (name: string) => (e: unknown) => (e as { name?: string }).name === name;

async function start(t: TestContext, days: { at: number } = { at: 0 }) {
  const cloud = await startForTest({
    cloud: "aws",
    clock: () => Date.now() + days.at * DAY_MS,
    ensure: [
      { kind: "secret", name: "signing", first: { generateBytes: 32 } },
      { kind: "secret", name: "password", first: { value: "first" } },
    ],
  });
  const client = (clockOffset = 0) =>
    new SecretsManagerClient({
      systemClockOffset: clockOffset,
      region: cloud.announcement.region,
      endpoint: cloud.announcement.endpoints["secretsmanager"]!,
      credentials: longLivedKeys(Buffer.from(cloud.config.rootKey, "hex")),
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: cloud.announcement.authority }) }),
    });
  const sm = client();
  t.after(async () => {
    sm.destroy();
    await cloud.close();
  });
  return { sm, cloud, days, client };
}

test("what was ensured is there once and for all; versions and stages move", async (t) => {
  const { sm, cloud } = await start(t);
  const first = await sm.send(new GetSecretValueCommand({ SecretId: "signing" }));
  assert.equal(Buffer.from(first.SecretString!, "base64url").length, 32);
  await cloud.restart();
  assert.equal((await sm.send(new GetSecretValueCommand({ SecretId: first.ARN }))).SecretString, first.SecretString);

  const SecretId = "password";
  const put = await sm.send(new PutSecretValueCommand({ SecretId, SecretString: "second" }));
  assert.deepEqual(put.VersionStages, ["AWSCURRENT"]);
  const previous = await sm.send(new GetSecretValueCommand({ SecretId, VersionStage: "AWSPREVIOUS" }));
  assert.equal(previous.SecretString, "first");
  const byId = await sm.send(new GetSecretValueCommand({ SecretId, VersionId: put.VersionId }));
  assert.equal(byId.SecretString, "second");
  const updated = await sm.send(new UpdateSecretCommand({ SecretId, SecretBinary: new Uint8Array([0, 255]) }));
  const now = await sm.send(new GetSecretValueCommand({ SecretId }));
  assert.deepEqual([now.SecretBinary, now.VersionId], [new Uint8Array([0, 255]), updated.VersionId]);
  const versions = await sm.send(new ListSecretVersionIdsCommand({ SecretId }));
  assert.equal(versions.Versions?.length, 2, "the first has no stage any more");
  const all = await sm.send(new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true }));
  assert.equal(all.Versions?.length, 3);
  await assert.rejects(
    sm.send(new GetSecretValueCommand({ SecretId, VersionId: randomUUID() })),
    named("ResourceNotFoundException"),
  );
  await assert.rejects(sm.send(new GetSecretValueCommand({ SecretId: "none" })), named("ResourceNotFoundException"));
});

test("the same request twice is one: by ClientRequestToken", async (t) => {
  const { sm } = await start(t);
  const create = { Name: "n", SecretString: "x", ClientRequestToken: randomUUID() };
  const [a, b] = [await sm.send(new CreateSecretCommand(create)), await sm.send(new CreateSecretCommand(create))];
  assert.deepEqual([a.ARN, a.VersionId], [b.ARN, b.VersionId]);
  await assert.rejects(
    sm.send(new CreateSecretCommand({ ...create, ClientRequestToken: randomUUID() })),
    named("ResourceExistsException"),
  );
  const put = { SecretId: "n", SecretString: "y", ClientRequestToken: randomUUID() };
  await sm.send(new PutSecretValueCommand(put));
  await sm.send(new PutSecretValueCommand(put));
  await assert.rejects(
    sm.send(new PutSecretValueCommand({ ...put, SecretString: "z" })),
    named("ResourceExistsException"),
  );
  assert.equal((await sm.send(new ListSecretVersionIdsCommand({ SecretId: "n" }))).Versions?.length, 2);
});

test("deletion with a window can be undone until it is over; by force it is at once", async (t) => {
  const { sm: now, days, client } = await start(t);
  let sm = now;
  const SecretId = "password";
  await sm.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  await assert.rejects(sm.send(new GetSecretValueCommand({ SecretId })), named("InvalidRequestException"));
  await assert.rejects(sm.send(new CreateSecretCommand({ Name: SecretId })), named("InvalidRequestException"));
  assert.ok((await sm.send(new DescribeSecretCommand({ SecretId }))).DeletedDate !== undefined);
  await sm.send(new RestoreSecretCommand({ SecretId }));
  assert.equal((await sm.send(new GetSecretValueCommand({ SecretId }))).SecretString, "first");
  await sm.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  days.at = 8;
  sm.destroy();
  sm = client(8 * DAY_MS);
  t.after(() => sm.destroy());
  await assert.rejects(sm.send(new RestoreSecretCommand({ SecretId })), named("ResourceNotFoundException"));
  await sm.send(new CreateSecretCommand({ Name: SecretId, SecretString: "new" }));
  await sm.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await sm.send(new CreateSecretCommand({ Name: SecretId, SecretString: "newer" }));
  assert.equal((await sm.send(new GetSecretValueCommand({ SecretId }))).SecretString, "newer");
});

test("lists by name, in pages and filtered; tags; any other operation is unknown", async (t) => {
  const { sm } = await start(t);
  for (let i = 0; i < 5; i++) {
    await sm.send(
      new CreateSecretCommand({ Name: `app/${i}`, SecretString: "x", Tags: [{ Key: "i", Value: `${i}` }] }),
    );
  }
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sm.send(
      new ListSecretsCommand({ MaxResults: 2, NextToken, Filters: [{ Key: "name", Values: ["app/"] }] }),
    );
    names.push(...(page.SecretList ?? []).map((secret) => secret.Name!));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.deepEqual(names, ["app/0", "app/1", "app/2", "app/3", "app/4"]);
  await sm.send(new TagResourceCommand({ SecretId: "app/1", Tags: [{ Key: "b", Value: "2" }] }));
  await sm.send(new UntagResourceCommand({ SecretId: "app/1", TagKeys: ["i"] }));
  const { Tags } = await sm.send(new DescribeSecretCommand({ SecretId: "app/1" }));
  assert.deepEqual(Tags, [{ Key: "b", Value: "2" }]);
  await assert.rejects(sm.send(new GetRandomPasswordCommand({})), named("UnknownOperationException"));
});
