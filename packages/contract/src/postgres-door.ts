import type { PgEndpoint, PostgresDriver, PostgresFeature, SecretDriver } from "./drivers.ts";
import * as s from "./settings.ts";

/** Settings of a PostgreSQL server whose passwords are in a secret store; `passwords` are that store's own settings. */
export function postgresSettings<T>(passwords: s.SettingReader<T>) {
  return {
    host: s.text,
    port: s.portNumber,
    database: s.text,
    tls: s.oneOf("verify_full", "off"),
    /** PEM of the server's authority, where it is not one of the system's. */
    authority: s.optional(s.text),
    signIn: s.oneOf("password"),
    /** Database users by role. */
    users: s.group({ owner: s.text, app: s.text, read: s.text }),
    /** Each role's password is the secret with the role's name under this store's prefix. */
    passwords,
  };
}

/** How long a password that was read is taken for the current one. */
const KEPT_MS = 30_000;

/** A driver that reads a role's password from a secret store when a connection is made. Closes the store with itself. */
export function passwordDoor(
  of: { readonly id: string; readonly features: readonly PostgresFeature[]; readonly store: SecretDriver },
  given: s.SettingsOf<ReturnType<typeof postgresSettings<unknown>>>,
  now: () => number,
): PostgresDriver {
  const kept = new Map<string, { readonly password: string; readonly until: number }>();
  return {
    id: of.id,
    can: new Set(of.features),
    native: of.store.native,

    async endpoint(role): Promise<PgEndpoint> {
      const { host, port, database, tls, authority, users } = given;
      return {
        host,
        port,
        database,
        tls,
        ...(authority === undefined ? {} : { ca: authority }),
        async credentials(call) {
          const user = users[role];
          const known = kept.get(role);
          if (known !== undefined && known.until > now()) return { user, password: known.password };
          const { value } = await of.store.get(role, undefined, call);
          kept.set(role, { password: value, until: now() + KEPT_MS });
          return { user, password: value };
        },
      };
    },

    close: () => of.store.close(),
  };
}
