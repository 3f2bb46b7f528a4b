import { type PostgresDriver, passwordDoor, postgresSettings, settings as s } from "@trimaran/contract";
import { classify } from "./classify.ts";
import { postgresFeatures } from "./features.ts";
import * as secrets from "./secrets.ts";

export { classify };

const shape = postgresSettings(secrets.settingsReader);

/**
 * Opens the doors to a PostgreSQL server whose passwords are in Secret Manager. invalid_argument when the settings do not hold;
 * tool_missing when the SDK is not installed.
 */
export async function open(settings: unknown, resource: string, { now = Date.now } = {}): Promise<PostgresDriver> {
  const given = s.readSettings(settings, "settings", shape);
  const store = await secrets.open(given.passwords, resource);
  return passwordDoor({ id: "gcp/cloud-sql-postgres", features: postgresFeatures, store }, given, now);
}
