import type { DriverModule } from "@trimaran/contract";
import { classifyLocal } from "./drivers/database.ts";
import { openLocalPostgres } from "./drivers/postgres.ts";

export type { LocalPostgresSettings } from "./drivers/postgres.ts";

/** Settings: `LocalPostgresSettings`. */
export const open: DriverModule<"postgres">["open"] = openLocalPostgres;
export const classify: DriverModule<"postgres">["classify"] = classifyLocal;
