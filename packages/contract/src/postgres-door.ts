import type { PgEndpoint, PostgresDriver, PostgresFeature, SecretDriver } from "./drivers.ts";
import { unlessAborted } from "./in-parts.ts";
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

/** Connections of a pool that open together share one reading. */
const SHARED_MS = 1000;
/** A reading belongs to several callers, so it has a time limit of its own. */
const LIMIT_MS = 30_000;

/** A driver that reads a role's password from a secret store when a connection is made. Closes the store with itself. */
export function passwordDoor(
  of: { readonly id: string; readonly features: readonly PostgresFeature[]; readonly store: SecretDriver },
  given: s.SettingsOf<ReturnType<typeof postgresSettings<unknown>>>,
  now: () => number,
): PostgresDriver {
  const readings = new Map<string, { readonly value: Promise<string>; readonly until: number }>();
  const read = (role: string): Promise<string> => {
    const known = readings.get(role);
    if (known !== undefined && known.until > now()) return known.value;
    const value = of.store
      .get(role, undefined, { signal: AbortSignal.timeout(LIMIT_MS) })
      .then((secret) => secret.value);
    readings.set(role, { value, until: now() + SHARED_MS });
    // A failure is its callers' alone: the next one reads again.
    value.catch(() => readings.delete(role));
    return value;
  };
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
          return { user: users[role], password: await unlessAborted(call.signal, () => read(role)) };
        },
      };
    },

    close: () => of.store.close(),
  };
}
