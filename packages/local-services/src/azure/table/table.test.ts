import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import {
  AzureNamedKeyCredential,
  AzureSASCredential,
  generateTableSas,
  odata,
  RestError,
  TableClient,
  TableServiceClient,
} from "@azure/data-tables";
import { ManagedIdentityCredential } from "@azure/identity";
import { startForTest, type TestCloud } from "../../testing/index.ts";
import { azureAccountKey } from "../index.ts";

let cloud: TestCloud;
let url: string;
let key: AzureNamedKeyCredential;
let table: TableClient;
const options = () => ({ tlsOptions: { ca: cloud.announcement.authority }, retryOptions: { maxRetries: 0 } });

before(async () => {
  cloud = await startForTest({ cloud: "azure", ensure: [{ kind: "table", name: "people" }] });
  const { account, endpoints } = cloud.announcement;
  url = `${endpoints["table"]}/${account["account"]}`;
  key = new AzureNamedKeyCredential(account["account"]!, azureAccountKey(Buffer.from(cloud.config.rootKey, "hex")));
  table = new TableClient(url, "people", key, options());
});
after(() => cloud.close());

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (e) {
    assert(e instanceof RestError, String(e));
    const details = e.details as { odataError?: { code?: string } } | undefined;
    return `${e.statusCode} ${details?.odataError?.code ?? e.code}`;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}

describe("tables through @azure/data-tables", () => {
  test("every type comes back as it was put", async () => {
    const entity = {
      partitionKey: "types",
      rowKey: "it's",
      text: 'süß "quoted"\n',
      yes: true,
      small: 7,
      fraction: 2.5,
      whole: { type: "Double", value: "3" },
      large: 9007199254740993n,
      at: new Date("2026-01-02T03:04:05.678Z"),
      id: { type: "Guid", value: "5f8d0a3c-1f0e-4d52-9a3e-6a1f3f0c9b11" },
      bytes: new Uint8Array([0, 255, 7]),
      nothing: null,
    };
    await table.createEntity(entity);
    const got = await table.getEntity("types", "it's");
    assert.equal(got["text"], entity.text);
    assert.equal(got["yes"], true);
    assert.equal(got["small"], 7);
    assert.equal(got["fraction"], 2.5);
    assert.equal(got["whole"], 3);
    assert.equal(got["large"], entity.large);
    assert.deepEqual(got["at"], entity.at);
    assert.deepEqual(got["id"], entity.id);
    assert.deepEqual(Buffer.from(got["bytes"] as Uint8Array), Buffer.from(entity.bytes));
    assert(!("nothing" in got));
    assert.match(got.timestamp!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  });

  test("every write has an ETag of its own, and conditions hold to it", async () => {
    const of = (n: number) => ({ partitionKey: "tags", rowKey: "r", n });
    const seen = new Set<string>();
    const first = await table.createEntity(of(0));
    seen.add(first.etag!);
    assert.equal(await failure(table.createEntity(of(1))), "409 EntityAlreadyExists");
    for (let n = 1; n < 20; n++) seen.add((await table.upsertEntity(of(n), "Replace")).etag!);
    assert.equal(seen.size, 20);
    const stale = { etag: first.etag! };
    assert.equal(await failure(table.updateEntity(of(9), "Replace", stale)), "412 UpdateConditionNotSatisfied");
    assert.equal(await failure(table.updateEntity(of(9), "Merge", stale)), "412 UpdateConditionNotSatisfied");
    assert.equal(await failure(table.deleteEntity("tags", "r", stale)), "412 UpdateConditionNotSatisfied");
    const { etag } = await table.getEntity("tags", "r");
    const updated = await table.updateEntity(of(50), "Replace", { etag });
    await table.deleteEntity("tags", "r", { etag: updated.etag! });
    assert.equal(await failure(table.getEntity("tags", "r")), "404 ResourceNotFound");
    assert.equal(await failure(table.deleteEntity("tags", "r")), "404 ResourceNotFound");
    assert.equal(await failure(table.updateEntity(of(1), "Replace", { etag: "*" })), "404 ResourceNotFound");
  });

  test("merge keeps what replace drops", async () => {
    const keys = { partitionKey: "merge", rowKey: "r" };
    await table.upsertEntity({ ...keys, a: 1, b: 2 }, "Merge");
    await table.upsertEntity({ ...keys, b: 3 }, "Merge");
    const merged = await table.getEntity("merge", "r");
    assert.deepEqual([merged["a"], merged["b"]], [1, 3]);
    await table.updateEntity({ ...keys, c: 4 }, "Replace");
    const replaced = await table.getEntity("merge", "r");
    assert.deepEqual([replaced["a"], replaced["b"], replaced["c"]], [undefined, undefined, 4]);
  });

  test("queries filter, select and page in the order of the keys", async () => {
    const client = new TableClient(url, "queried", key, options());
    await client.createTable();
    assert.equal(await failure(client.createTable().then(() => make("queried"))), "409 TableAlreadyExists");
    for (const p of ["a", "b"]) {
      for (let n = 0; n < 12; n++) {
        await client.createEntity({ partitionKey: p, rowKey: String(n).padStart(2, "0"), n, even: n % 2 === 0 });
      }
    }
    const all: string[] = [];
    for await (const page of client.listEntities().byPage({ maxPageSize: 5 })) {
      assert(page.length <= 5);
      all.push(...page.map((entity) => `${entity.partitionKey}${entity.rowKey}`));
    }
    assert.equal(all.length, 24);
    assert.deepEqual(all, [...all].sort());
    const filter = odata`PartitionKey eq ${"b"} and n ge ${4} and even eq true`;
    const rows: unknown[] = [];
    for await (const entity of client.listEntities({ queryOptions: { filter, select: ["rowKey", "n"] } })) {
      rows.push([entity.rowKey, entity["n"], entity["even"]]);
    }
    assert.deepEqual(rows, [
      ["04", 4, undefined],
      ["06", 6, undefined],
      ["08", 8, undefined],
      ["10", 10, undefined],
    ]);
    const bad = client.listEntities({ queryOptions: { filter: "n eq" } }).next();
    assert.equal(await failure(bad), "400 InvalidInput");
    await client.deleteTable();
    assert.equal(await failure(client.listEntities().next()), "404 TableNotFound");
  });

  test("a transaction happens as a whole or not at all", async () => {
    const of = (rowKey: string, n: number) => ({ partitionKey: "tx", rowKey, n });
    await table.createEntity(of("old", 1));
    const done = await table.submitTransaction([
      ["create", of("new", 2)],
      ["update", of("old", 3), "Replace"],
      ["upsert", of("other", 4), "Merge"],
    ]);
    assert.equal(done.status, 202);
    assert.equal(done.subResponses.length, 3);
    assert.equal(done.getResponseForEntity("new")?.status, 204);
    assert.equal(done.getResponseForEntity("new")?.etag, (await table.getEntity("tx", "new")).etag);
    const failing = table.submitTransaction([
      ["update", of("old", 5), "Replace"],
      ["create", of("new", 5)],
    ]);
    await assert.rejects(failing, (e: RestError) => e.code === "EntityAlreadyExists" && e.message.startsWith("1:"));
    assert.equal((await table.getEntity("tx", "old"))["n"], 3);
    await table.submitTransaction([
      ["delete", of("old", 0)],
      ["delete", of("new", 0)],
    ]);
    assert.equal(await failure(table.getEntity("tx", "old")), "404 ResourceNotFound");
    const twice = table.submitTransaction([
      ["upsert", of("same", 1)],
      ["upsert", of("same", 2)],
    ]);
    await assert.rejects(twice, (e: RestError) => e.code === "InvalidDuplicateRow");
  });

  test("limits are the service's", async () => {
    const keys = { partitionKey: "limits", rowKey: "r" };
    const bytes = (size: number) => new Uint8Array(randomBytes(size));
    await table.upsertEntity({ ...keys, a: bytes(65_536), b: bytes(65_536), text: "x".repeat(32_768) });
    const tooLong = { ...keys, a: bytes(65_537) };
    assert.equal(await failure(table.upsertEntity(tooLong)), "400 PropertyValueTooLarge");
    assert.equal(await failure(table.upsertEntity({ ...keys, a: "x".repeat(32_769) })), "400 PropertyValueTooLarge");
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, bytes(65_536)]));
    assert.equal(await failure(table.upsertEntity({ ...keys, ...many }, "Replace")), "400 EntityTooLarge");
    const names = Object.fromEntries(Array.from({ length: 253 }, (_, i) => [`p${i}`, i]));
    assert.equal(await failure(table.upsertEntity({ ...keys, ...names }, "Replace")), "400 TooManyProperties");
    assert.equal(await failure(table.createEntity({ partitionKey: "a/b", rowKey: "r" })), "400 OutOfRangeInput");
    assert.equal(
      await failure(table.createEntity({ partitionKey: "x".repeat(513), rowKey: "r" })),
      "400 KeyValueTooLarge",
    );
    assert.equal(await failure(make("no-hyphens")), "400 InvalidResourceName");
  });

  test("tables are listed and filtered by name", async () => {
    for (const name of ["listA", "listB", "listC"]) await make(name);
    const names: string[] = [];
    const service = new TableServiceClient(url, key, options());
    const filter = odata`TableName ge ${"list"} and TableName lt ${"lisu"}`;
    for await (const page of service.listTables({ queryOptions: { filter } }).byPage({ maxPageSize: 2 })) {
      names.push(...page.map((item) => item.name!));
    }
    assert.deepEqual(names, ["listA", "listB", "listC"]);
    await service.deleteTable("listA");
  });

  test("a token opens tables; a wrong key does not; a SAS opens its own table", async () => {
    Object.assign(process.env, {
      IDENTITY_ENDPOINT: cloud.env["IDENTITY_ENDPOINT"],
      IDENTITY_HEADER: cloud.env["IDENTITY_HEADER"],
    });
    try {
      const byToken = new TableClient(url, "people", new ManagedIdentityCredential(), options());
      await byToken.upsertEntity({ partitionKey: "auth", rowKey: "r" });
    } finally {
      delete process.env["IDENTITY_ENDPOINT"];
      delete process.env["IDENTITY_HEADER"];
    }
    const wrong = new AzureNamedKeyCredential(key.name, Buffer.alloc(64, 1).toString("base64"));
    const byWrong = new TableClient(url, "people", wrong, options());
    assert.equal(await failure(byWrong.getEntity("auth", "r")), "403 AuthenticationFailed");
    const sas = generateTableSas("people", key, {
      permissions: { query: true },
      expiresOn: new Date(Date.now() + 3600_000),
    });
    const bySas = new TableClient(url, "people", new AzureSASCredential(sas), options());
    assert.equal((await bySas.getEntity("auth", "r")).rowKey, "r");
    assert.equal(await failure(bySas.deleteEntity("auth", "r")), "403 AuthorizationPermissionMismatch");
    const byUpdate = generateTableSas("people", key, {
      permissions: { update: true },
      expiresOn: new Date(Date.now() + 3600_000),
    });
    const updating = new TableClient(url, "people", new AzureSASCredential(byUpdate), options());
    const entity = { partitionKey: "auth", rowKey: "r" };
    await updating.updateEntity(entity);
    assert.equal(await failure(updating.upsertEntity(entity)), "403 AuthorizationPermissionMismatch");
    await assert.rejects(updating.submitTransaction([["create", entity]]), { code: "AuthorizationPermissionMismatch" });
    const other = new TableClient(url, "listB", new AzureSASCredential(sas), options());
    assert.equal(await failure(other.getEntity("auth", "r")), "403 AuthorizationFailure");
  });

  test("calls that are not implemented say so", async () => {
    assert.match(await failure(table.getAccessPolicy()), /^501 /);
  });
});

/** Create Table as the service answers it: the SDK's own call takes "it is there" for success. */
async function make(name: string): Promise<void> {
  const service = new TableServiceClient(url, key, options());
  let conflict: RestError | undefined;
  await service.createTable(name, {
    onResponse: (raw, _flat, error) => {
      if (raw.status === 409)
        conflict = new RestError("conflict", { statusCode: 409, code: raw.headers.get("x-ms-error-code")! });
      void error;
    },
  });
  if (conflict !== undefined) throw conflict;
}
