import type { Cloud } from "@trimaran/contract";
import type { CloudModule } from "./core/types.ts";

const loaders: Readonly<Record<Cloud, () => Promise<CloudModule>>> = {
  aws: () => import("./aws/index.ts"),
  azure: () => import("./azure/index.ts"),
  gcp: () => import("./gcp/index.ts"),
};

/** Loads one cloud's code and nothing of the others. */
export function loadCloud(cloud: Cloud): Promise<CloudModule> {
  return loaders[cloud]();
}
