import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { issueCertificate, makeAuthority } from "../../../../local-services/src/tls.ts";
import { openPortBook } from "../relay/ports.ts";
import { testFolder, testHost, until } from "../testing/world.ts";
import { findPostgres } from "./binaries.ts";
import { offersTls } from "./probe.ts";
import { scramVerifier } from "./scram.ts";
import { createPostgres, type PostgresServer } from "./server.ts";
import type { WantedDatabase } from "./statements.ts";
import { postgresTemplate } from "./template.ts";

const role = (name: string) => ({ user: `re "cords'-${name}`, verifier: scramVerifier(`pw-${name}`, randomBytes(16)) });
const wanted: WantedDatabase = {
  database: `my "app'-records`,
  roles: { owner: role("owner"), app: role("app"), read: role("read") },
};

async function world(t: TestContext) {
  const folder = testFolder(t);
  // Everyone may pass through the cache, nobody but us through the site's folder.
  const cache = process.getuid?.() === 0 ? "/var/cache/trimaran" : folder;
  const binaries = await findPostgres(testHost, process.arch, cache);
  const template = await postgresTemplate(binaries, testHost, cache);
  const authority = await makeAuthority();
  const tls = await issueCertificate(authority);
  const port = await openPortBook({}, process.pid * 61).take("pg");
  let downs = 0;
  const prepare = async (): Promise<PostgresServer> => {
    const server = createPostgres({
      installed: async () => ({ binaries, template }),
      folder: join(folder, "site"),
      site: "aws",
      port,
      tls,
      databases: [wanted],
      host: testHost,
      logPath: join(folder, "postgres.log"),
      recordFolder: join(folder, "processes"),
      mark: `pg-${process.pid}`,
      onUp: () => undefined,
      onDown: () => void downs++,
    });
    t.after(() => server.process.kill());
    return server;
  };
  const open = async (name: "owner" | "app" | "read", password = `pw-${name}`) => {
    const ssl = { ca: authority.certificate };
    const client = new pg.Client({
      host: "127.0.0.1",
      port,
      database: wanted.database,
      user: wanted.roles[name].user,
      password,
      ssl,
    });
    client.on("error", () => {});
    await client.connect();
    t.after(() => client.end().catch(() => undefined));
    return client;
  };
  return { prepare, open, port, downs: () => downs };
}

test("a server from nothing: TLS only, roles with their rights, and what is acknowledged survives kill -9", async (t) => {
  const { prepare, open, port, downs } = await world(t);
  const server = await prepare();
  await server.process.start();
  await until("it is up", server.isUp);
  assert.equal(await offersTls(port, 1000), true);
  const refused = new pg.Client({
    host: "127.0.0.1",
    port,
    database: wanted.database,
    user: wanted.roles.app.user,
    password: "pw-app",
  });
  await assert.rejects(refused.connect(), /no encryption/);
  await assert.rejects(open("app", "wrong"), { code: "28P01" });

  const owner = await open("owner");
  await owner.query("CREATE TABLE notes (id serial PRIMARY KEY, body text NOT NULL)");
  const app = await open("app");
  const read = await open("read");
  await app.query("INSERT INTO notes (body) VALUES ('kept')");
  await assert.rejects(app.query("CREATE TABLE mine ()"), { code: "42501" });
  await assert.rejects(app.query("DROP TABLE notes"), { code: "42501" });
  await assert.rejects(read.query("DELETE FROM notes"), { code: "42501" });
  assert.equal((await read.query("SELECT body FROM notes")).rows[0].body, "kept");
  assert.equal((await owner.query("SHOW wal_level")).rows[0].wal_level, "logical");

  // A kill takes busy backends along, which are process groups of their own.
  const busy = (await open("owner")).query("SELECT pg_sleep(60)");
  const lost = assert.rejects(busy);
  await until(
    "it sleeps",
    async () => (await owner.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rowCount === 1,
  );
  await server.process.kill();
  await lost;
  assert.equal(downs(), 1);
  await server.process.start();
  await until("it is up again", server.isUp);
  assert.equal((await (await open("read")).query("SELECT body FROM notes")).rows[0].body, "kept");
});

test("it is started anew by itself when it dies, and a second preparation keeps the data", async (t) => {
  const { prepare, open } = await world(t);
  const server = await prepare();
  await server.process.start();
  await until("it is up", server.isUp);
  await (await open("owner")).query("CREATE TABLE t AS SELECT 7 AS n");
  process.kill(server.process.pid()!, "SIGKILL");
  await until("it is down", () => !server.isUp());
  await until("it is up again", server.isUp);
  await server.process.stop();
  const again = await prepare();
  await again.process.start();
  await until("it is up the third time", again.isUp);
  assert.equal((await (await open("read")).query("SELECT n FROM t")).rows[0].n, 7);
  await again.process.stop();
});
