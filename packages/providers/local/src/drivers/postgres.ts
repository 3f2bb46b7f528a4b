import { readFile } from "node:fs/promises";
import { type PgEndpoint, type PgRole, type PostgresDriver, TrimaranError } from "@trimaran/contract";

/** Settings of the binding. No password is in them: `passwordsFile` is JSON, `{ "<user>": "<password>" }`, read for each connection. */
export interface LocalPostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: "verify_full" | "off";
  /** PEM of the authority to trust. */
  readonly ca?: string;
  readonly users: Readonly<Record<PgRole, string>>;
  /** Absolute. */
  readonly passwordsFile: string;
}

const id = "local/postgres";

export async function openLocalPostgres(input: unknown): Promise<PostgresDriver> {
  const settings = checked(input);
  const { host, port, database, tls, ca, users, passwordsFile } = settings;
  return {
    id,
    can: new Set(["logical-replication"] as const),
    native: settings,
    async close() {},
    async endpoint(role, { signal }): Promise<PgEndpoint> {
      signal.throwIfAborted();
      const user = users[role];
      const credentials: PgEndpoint["credentials"] = async (call) => {
        call.signal.throwIfAborted();
        return { user, password: await passwordOf(user, passwordsFile, call.signal) };
      };
      return { host, port, database, tls, ...(ca === undefined ? {} : { ca }), credentials };
    },
  };
}

async function passwordOf(user: string, path: string, signal: AbortSignal): Promise<string> {
  const text = await readFile(path, { encoding: "utf8", signal }).catch((e: unknown) => {
    if (signal.aborted) throw e;
    throw new TrimaranError("unauthenticated", `${id}: the file with the passwords cannot be read`, { cause: e });
  });
  const password = passwordsIn(text)[user];
  if (typeof password === "string") return password;
  throw new TrimaranError("unauthenticated", `${id}: the file with the passwords has none for this role's user`);
}

function passwordsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (_e) {
    // The parser's message quotes the text, and that holds passwords.
    throw new TrimaranError("unauthenticated", `${id}: the file with the passwords holds no JSON`);
  }
}

function checked(input: unknown): LocalPostgresSettings {
  const settings = (input ?? {}) as Partial<LocalPostgresSettings>;
  const { host, port, database, tls, ca, users, passwordsFile } = settings;
  const holds: Readonly<Record<string, boolean>> = {
    host: typeof host === "string" && host !== "",
    port: Number.isInteger(port),
    database: typeof database === "string" && database !== "",
    tls: tls === "verify_full" || tls === "off",
    ca: ca === undefined || typeof ca === "string",
    users: (["owner", "app", "read"] as const).every((role) => typeof users?.[role] === "string"),
    passwordsFile: typeof passwordsFile === "string" && passwordsFile.startsWith("/"),
  };
  const wrong = Object.keys(holds).filter((name) => !holds[name]);
  if (wrong.length === 0) return settings as LocalPostgresSettings;
  throw new TrimaranError("invalid_argument", `${id}: settings do not hold: ${wrong.join(", ")}`);
}
