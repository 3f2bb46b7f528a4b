import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { TrimaranError } from "@trimaran/contract";
import { isRunning } from "./client.ts";

/**
 * Removes an environment's data, logs and keys; with the last environment also the releases, which they share. Nothing there is
 * success. Throws lease_held while it runs.
 */
export async function purgeState(stateFolder: string): Promise<void> {
  if (isRunning(stateFolder)) throw new TrimaranError("lease_held", "it is running", { hint: "trimaran down --purge" });
  rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
  const root = dirname(stateFolder);
  if (!existsSync(root)) return;
  const others = readdirSync(root).filter((name) => name !== "releases" && name !== ".gitignore");
  if (others.length > 0) return;
  for (const name of ["releases", ".gitignore"])
    rmSync(join(root, name), { recursive: true, force: true, maxRetries: 5 });
  rmSync(root, { recursive: true, force: true });
}
