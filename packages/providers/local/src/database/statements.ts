import type { PgRole } from "@trimaran/contract";

/** One resource's database with its roles; names and verifiers are made here or by a provider, never typed by a user. */
export interface WantedDatabase {
  readonly database: string;
  readonly roles: Readonly<Record<PgRole, { readonly user: string; readonly verifier: string }>>;
}

/**
 * Makes roles and database where they are missing; run in `postgres`. Each statement is one line, for the single-user mode, which
 * goes on after an error: "already exists" is what makes a second run harmless.
 */
export function clusterStatements(wanted: WantedDatabase): readonly string[] {
  const { owner } = wanted.roles;
  const roles = Object.values(wanted.roles).flatMap(({ user, verifier }) => [
    `CREATE ROLE ${name(user)} LOGIN PASSWORD ${text(verifier)}`,
  ]);
  return [
    ...roles,
    `ALTER ROLE ${name(owner.user)} REPLICATION`,
    `CREATE DATABASE ${name(wanted.database)} OWNER ${name(owner.user)}`,
    `REVOKE ALL ON DATABASE ${name(wanted.database)} FROM PUBLIC`,
    ...Object.values(wanted.roles).map(
      ({ user }) => `GRANT CONNECT, TEMPORARY ON DATABASE ${name(wanted.database)} TO ${name(user)}`,
    ),
  ];
}

/** What the app's and the reader's role may do with whatever the owner makes; run in the database itself. */
export function databaseStatements(wanted: WantedDatabase): readonly string[] {
  const { owner, app, read } = wanted.roles;
  const later = `ALTER DEFAULT PRIVILEGES FOR ROLE ${name(owner.user)} GRANT`;
  return [
    `${later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${name(app.user)}`,
    `${later} USAGE, SELECT, UPDATE ON SEQUENCES TO ${name(app.user)}`,
    `${later} USAGE ON SCHEMAS TO ${name(app.user)}, ${name(read.user)}`,
    `${later} SELECT ON TABLES TO ${name(read.user)}`,
    `${later} SELECT ON SEQUENCES TO ${name(read.user)}`,
  ];
}

/** Answers with `done = "t"` in single-user mode when roles and database are there. */
export function checkStatement(wanted: WantedDatabase): string {
  const users = Object.values(wanted.roles).map(({ user }) => text(user));
  const roles = `(SELECT count(*) FROM pg_roles WHERE rolname IN (${users.join(", ")})) = ${users.length}`;
  return `SELECT ${roles} AND EXISTS (SELECT FROM pg_database WHERE datname = ${text(wanted.database)}) AS done`;
}

function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
