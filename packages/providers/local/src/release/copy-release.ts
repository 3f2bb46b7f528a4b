import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { TrimaranError } from "@trimaran/contract";

/** Never part of a release. */
const LEFT_OUT = new Set([".git", ".hg", ".trimaran"]);
/**
 * What package managers put in place whole: they replace such files and do not write into them, so a hard link keeps the old bytes
 * and costs nothing. Their contents are told apart by size and time, not read.
 */
const LINKED = new Set(["node_modules", ".venv", "venv"]);

export interface Release {
  /** Hex SHA-256 over paths, modes and bytes. */
  readonly digest: string;
  readonly folder: string;
}

interface Entry {
  readonly path: string;
  readonly kind: "file" | "linked" | "symlink" | "folder";
  readonly mode: number;
  readonly target?: string;
}

/**
 * Copies an app's folder to `releases/<digest>`, where it never changes again: files are read-only. The same content twice is the
 * same release. `releases` may lie inside the folder, below a `.trimaran`. Throws not_found when the folder is missing.
 */
export async function copyRelease(folder: string, releases: string, unique: string): Promise<Release> {
  if (!existsSync(folder))
    throw new TrimaranError("not_found", "the folder of service.build does not exist", {
      hint: "set service.build to the app's folder",
    });
  const source = await realpath(folder);
  await mkdir(releases, { recursive: true, mode: 0o755 });
  const draft = join(releases, `.draft-${unique}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  const hash = createHash("sha256");
  for await (const entry of walk(source, "", false)) {
    const [from, to] = [join(source, entry.path), join(draft, entry.path)];
    hash.update(
      `${entry.kind === "linked" ? "file" : entry.kind}\0${entry.path}\0${(entry.mode & 0o111).toString(8)}\0`,
    );
    if (entry.kind === "folder") await mkdir(to);
    else if (entry.kind === "symlink") await copySymlink(source, from, to, hash);
    else if (entry.kind === "linked") {
      const { size, mtimeMs } = await lstat(from);
      hash.update(`${size}\0${mtimeMs}\0`);
      await linkOrCopy(from, to);
    } else {
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      hash.update(await readFile(to));
      await chmod(to, entry.mode & 0o111 ? 0o555 : 0o444);
    }
  }
  const digest = hash.digest("hex");
  const place = join(releases, digest);
  try {
    await rename(draft, place);
  } catch (e) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(place)) throw e;
  }
  return { digest, folder: place };
}

/** In the order of names, so that the digest depends on nothing else. Sockets and devices are left out. */
async function* walk(source: string, under: string, isLinked: boolean): AsyncGenerator<Entry> {
  const items = await readdir(join(source, under), { withFileTypes: true });
  items.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const item of items) {
    const path = join(under, item.name);
    if (LEFT_OUT.has(item.name)) continue;
    const { mode } = await lstat(join(source, path));
    if (item.isDirectory()) {
      yield { path, kind: "folder", mode: 0 };
      yield* walk(source, path, isLinked || LINKED.has(item.name));
    } else if (item.isSymbolicLink()) yield { path, kind: "symlink", mode: 0 };
    else if (item.isFile()) yield { path, kind: isLinked ? "linked" : "file", mode };
  }
}

/** A link within the folder stays as it is; one that leads out of it (a workspace's package) becomes absolute. */
async function copySymlink(
  source: string,
  from: string,
  to: string,
  hash: ReturnType<typeof createHash>,
): Promise<void> {
  const target = await readlink(from);
  const absolute = resolve(dirname(from), target);
  const isInside = absolute === source || absolute.startsWith(source + sep);
  hash.update(`${target}\0`);
  await symlink(isInside ? target : absolute, to);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (e) {
    // Another file system, a file of another user (protected_hardlinks), or too many links.
    if (!["EXDEV", "EPERM", "EMLINK"].includes((e as NodeJS.ErrnoException).code ?? "")) throw e;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}
