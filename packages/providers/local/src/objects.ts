import type { DriverModule } from "@trimaran/contract";
import { classifyLocal, folderOf } from "./drivers/database.ts";
import { openLocalObjects } from "./drivers/objects.ts";

/** Settings: `{ folder }`, absolute; made when it is missing. */
export const open: DriverModule<"objects">["open"] = async (settings) =>
  openLocalObjects(folderOf(settings, "local/objects"));
export const classify: DriverModule<"objects">["classify"] = classifyLocal;
