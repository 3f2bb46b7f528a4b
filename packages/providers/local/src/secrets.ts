import type { DriverModule } from "@trimaran/contract";
import { classifyLocal, folderOf } from "./drivers/database.ts";
import { openLocalSecrets } from "./drivers/secrets.ts";

/** Settings: `{ folder }`, absolute; made when it is missing. */
export const open: DriverModule<"secrets">["open"] = async (settings) =>
  openLocalSecrets(folderOf(settings, "local/secrets"));
export const classify: DriverModule<"secrets">["classify"] = classifyLocal;
