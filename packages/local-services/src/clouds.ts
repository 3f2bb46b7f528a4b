import { type Cloud, TrimaranError } from "@trimaran/contract";
import type { CloudModule } from "./core/types.ts";

/** Loads one cloud's code and nothing of the others. */
export async function loadCloud(cloud: Cloud): Promise<CloudModule> {
  if (cloud === "aws") return import("./aws/index.ts");
  if (cloud === "azure") return import("./azure/index.ts");
  throw new TrimaranError("unsupported", `the local ${cloud} cloud is not built yet`);
}
