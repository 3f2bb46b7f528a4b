import type { DriverModule } from "@trimaran/contract";
import { classifyLocal, folderOf } from "./drivers/database.ts";
import { openLocalKv } from "./drivers/kv.ts";

/** Settings: `{ folder }`, absolute; made when it is missing. */
export const open: DriverModule<"kv">["open"] = async (settings) => openLocalKv(folderOf(settings, "local/kv"));
export const classify: DriverModule<"kv">["classify"] = classifyLocal;
