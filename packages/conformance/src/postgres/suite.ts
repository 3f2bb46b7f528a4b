import assert from "node:assert/strict";
import { type Call, codeOf, type PgRole, type PostgresDriver } from "@trimaran/contract";
import type { Client } from "pg";
import { abortedCall, eventually } from "../expect.ts";
import { type Case, type CaseContext, grouped, type Harness, registerSuite, type Suite } from "../suite.ts";

export interface PostgresHarness extends Harness<PostgresDriver> {
  /** Gives the role's user another password at the service, as a rotation does. Left out where passwords are tokens. */
  readonly rotate?: (role: PgRole) => Promise<void>;
}
type PostgresCase = Case<PostgresDriver, PostgresHarness>;
type Context = CaseContext<PostgresDriver, PostgresHarness>;

interface Changes {
  readonly password?: string;
  readonly ca?: string;
}

/** One connection as a client that checks everything makes it. */
async function connected<T>(
  { driver, call }: { readonly driver: PostgresDriver; readonly call: Call },
  role: PgRole,
  use: (client: Client) => Promise<T>,
  change: Changes = {},
): Promise<T> {
  const { host, port, database, tls, ca } = await driver.endpoint(role, call);
  const { user, password } = await (await driver.endpoint(role, call)).credentials(call);
  const trusted = change.ca ?? ca;
  const ssl = tls === "verify_full" && {
    rejectUnauthorized: true,
    host,
    ...(trusted === undefined ? {} : { ca: trusted }),
  };
  const { default: pg } = await import("pg");
  const client = new pg.Client({ host, port, database, user, password: change.password ?? password, ssl });
  client.on("error", () => {}); // The query under way rejects with the same error.
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const table =
  "create table notes (id bigint generated always as identity primary key, serial bigserial, body text not null)";

async function withTable(c: Context): Promise<void> {
  await connected(c, "owner", (client) => client.query(table));
}

/** Refused for want of rights: 42501 (https://www.postgresql.org/docs/15/errcodes-appendix.html). */
async function forbidden(client: Client, sql: string): Promise<void> {
  await assert.rejects(client.query(sql), (e) => (e as { code?: unknown }).code === "42501", `allowed: ${sql}`);
}

const cases: readonly PostgresCase[] = [
  ...(["owner", "app", "read"] as const).map(
    (role): PostgresCase => ({
      name: `the role ${role} signs in as a user of its own that is no superuser`,
      async run(c) {
        const endpoint = await c.driver.endpoint(role, c.call);
        const { user } = await endpoint.credentials(c.call);
        await connected(c, role, async (client) => {
          const asked = "select current_user, current_database(), usesuper from pg_user where usename = current_user";
          const row = { current_user: user, current_database: endpoint.database, usesuper: false };
          assert.deepEqual((await client.query(asked)).rows, [row]);
        });
      },
    }),
  ),
  {
    name: "the three roles are three users of one database",
    async run({ driver, call }) {
      const seen = new Set<string>();
      for (const role of ["owner", "app", "read"] as const) {
        const endpoint = await driver.endpoint(role, call);
        seen.add((await endpoint.credentials(call)).user);
        assert.equal(endpoint.database, (await driver.endpoint("app", call)).database);
      }
      assert.equal(seen.size, 3);
    },
  },
  {
    name: "the database speaks UTF-8 and takes any text",
    async run(c) {
      await connected(c, "owner", async (client) => {
        assert.deepEqual((await client.query("show server_encoding")).rows, [{ server_encoding: "UTF8" }]);
        const text = "Grüße, 日本語, 😀\u{10FFFF}";
        assert.deepEqual((await client.query("select $1::text as text", [text])).rows, [{ text }]);
      });
    },
  },
  {
    name: "the owner changes the schema",
    async run(c) {
      await withTable(c);
      await connected(c, "owner", async (client) => {
        await client.query("alter table notes add column at timestamptz default now()");
        await client.query("create index on notes (at)");
        await client.query("create schema more; create table more.things (id int); drop schema more cascade");
        await client.query("drop table notes");
      });
    },
  },
  {
    name: "the app reads and writes rows of the owner's tables without any grant",
    async run(c) {
      await withTable(c);
      await connected(c, "app", async (client) => {
        await client.query("insert into notes (body) values ('first'), ('second')");
        await client.query("update notes set body = 'changed' where id = 1");
        await client.query("delete from notes where id = 2");
        assert.deepEqual((await client.query("select body from notes")).rows, [{ body: "changed" }]);
      });
    },
  },
  {
    name: "the app does not change the schema",
    async run(c) {
      await withTable(c);
      await connected(c, "app", async (client) => {
        await forbidden(client, "create table others (id int)");
        await forbidden(client, "alter table notes add column more text");
        await forbidden(client, "drop table notes");
        await forbidden(client, "create schema others");
      });
    },
  },
  {
    name: "the reader reads and does nothing else",
    async run(c) {
      await withTable(c);
      await connected(c, "app", (client) => client.query("insert into notes (body) values ('first')"));
      await connected(c, "read", async (client) => {
        assert.deepEqual((await client.query("select body from notes")).rows, [{ body: "first" }]);
        await forbidden(client, "insert into notes (body) values ('second')");
        await forbidden(client, "update notes set body = 'changed'");
        await forbidden(client, "delete from notes");
        await forbidden(client, "truncate notes");
        await forbidden(client, "create table others (id int)");
      });
    },
  },
  {
    name: "nobody signs in with a wrong password",
    async run(c) {
      for (const role of ["owner", "app", "read"] as const) {
        const signIn = connected(c, role, async () => {}, { password: "not the password" });
        await assert.rejects(signIn, (e) => String((e as { code?: unknown }).code).startsWith("28"));
      }
    },
  },
  {
    name: "the connection is encrypted, and a server of another authority is refused",
    async run(c) {
      const { tls } = await c.driver.endpoint("app", c.call);
      if (tls === "off") c.skip("the endpoint says that it has no TLS");
      await connected(c, "app", async (client) => {
        const { rows } = await client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
        assert.deepEqual(rows, [{ ssl: true }]);
      });
      await assert.rejects(connected(c, "app", async () => {}, { ca: otherAuthority }));
    },
  },
  {
    name: "credentials are read again after a rotation",
    async run(c) {
      const { rotate } = c.harness;
      if (rotate === undefined) return c.skip("the harness cannot rotate a password");
      const endpoint = await c.driver.endpoint("app", c.call);
      const before = (await endpoint.credentials(c.call)).password;
      await rotate("app");
      const isNew = async () => (await endpoint.credentials(c.call)).password !== before;
      await eventually(isNew, 2000, "the endpoint that was open gives the new password");
      await connected(c, "app", (client) => client.query("select 1"));
      await assert.rejects(connected(c, "app", async () => {}, { password: before }));
    },
  },
  {
    name: "two drivers lead to the same database",
    async run(c) {
      await withTable(c);
      const second = await c.another();
      await connected(c, "app", (client) => client.query("insert into notes (body) values ('first')"));
      await connected({ driver: second, call: c.call }, "app", async (client) => {
        assert.deepEqual((await client.query("select body from notes")).rows, [{ body: "first" }]);
      });
    },
  },
  {
    name: "an aborted signal is canceled",
    async run({ driver, call }) {
      const ask = async () => (await driver.endpoint("app", abortedCall())).credentials(abortedCall());
      await assert.rejects(ask, (e) => codeOf(e) === "canceled");
      await (await driver.endpoint("app", call)).credentials(call);
    },
  },
];

/** A certificate of nobody, for what must be refused: "Trimaran test authority other-authority". */
const otherAuthority = `-----BEGIN CERTIFICATE-----
MIIByjCCAXGgAwIBAgIUcop8E2t9sLfiSFTATY4aM6wwdZYwCgYIKoZIzj0EAwIw
MjEwMC4GA1UEAwwnVHJpbWFyYW4gdGVzdCBhdXRob3JpdHkgb3RoZXItYXV0aG9y
aXR5MCAXDTI2MTEyMjAyMDI1MloYDzIxMjYxMDI5MDIwMjUyWjAyMTAwLgYDVQQD
DCdUcmltYXJhbiB0ZXN0IGF1dGhvcml0eSBvdGhlci1hdXRob3JpdHkwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASJI6dx3wAGbuWw2ukHdB92uw3+jFoLV0qtfjLH
jTOaQHEQGacmLBc7lkBmRAIT5i02bNPcSnWsVH5h0Fms/Hkso2MwYTAdBgNVHQ4E
FgQUFU6dlJWigXZAG5s5kBEW71jg2hgwHwYDVR0jBBgwFoAUFU6dlJWigXZAG5s5
kBEW71jg2hgwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZI
zj0EAwIDRwAwRAIgNXLQFAFTpNY5yjSggXQPBdf/ZOOULDojmTq3QR6i4hQCIFNV
qELSmh+WmDrMlT7i9vPPqFyl90SOCKMida8pxttW
-----END CERTIFICATE-----
`;

export const postgres: Suite<PostgresDriver, PostgresHarness> = {
  kind: "postgres",
  cases: [...grouped("Roles, TLS and rotation", cases)],
};

/** Registers the suite for drivers of kind `postgres` with node:test. Every role must exist as a provider makes it. */
export function postgresSuite(harness: PostgresHarness): void {
  registerSuite(postgres, harness);
}
