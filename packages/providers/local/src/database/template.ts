import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { TrimaranError } from "@trimaran/contract";
import type { Host } from "../process/host.ts";
import { giveTo, type PostgresBinaries, putInPlace } from "./binaries.ts";

const run = promisify(execFile);

/**
 * An empty cluster, made once for each version and kept: a copy takes a tenth of the time that `initdb` does. Nobody can sign in to
 * it (every authentication line says reject); each copy gets its own roles, passwords and settings.
 */
export async function postgresTemplate(binaries: PostgresBinaries, host: Host, cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, `cluster-${binaries.version}-${binaries.as?.uid ?? host.uid}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${host.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(binaries, draft);
  // Not synced to disk: what a power cut would spoil is made again, and each copy is synced by its own first checkpoint.
  const args = [
    "-D",
    draft,
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "--auth=reject",
    "--no-sync",
    "--no-instructions",
  ];
  try {
    await run(join(binaries.folder, "bin/initdb"), args, { ...binaries.as, cwd: "/", env: { PATH: "/usr/bin:/bin" } });
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    const said = String((cause as { readonly stderr?: unknown }).stderr ?? "");
    if (said.includes("could not look up effective user")) {
      throw new TrimaranError("unsupported", "PostgreSQL runs only as a user that /etc/passwd knows", {
        cause,
        hint: "run it as a user with a name, or as root",
      });
    }
    throw new TrimaranError("unavailable", "initdb could not make an empty PostgreSQL cluster", {
      cause,
      hint: `${join(binaries.folder, "bin/postgres")} --version`,
    });
  }
  await putInPlace(draft, folder);
  return folder;
}

/** Copies the template to `folder`, which must not be there. */
export async function copyTemplate(template: string, folder: string): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await run("cp", ["-a", "--reflink=auto", "--", template, draft]);
  await putInPlace(draft, folder);
}
