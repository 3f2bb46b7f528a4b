import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { TrimaranError } from "@trimaran/contract";
import type { Machine } from "./host.ts";

/** The kernel's sun_path holds 108 bytes with its closing NUL: unix(7). */
const LIMIT_BYTES = 107;

/**
 * A short path for a Unix socket of this state folder, in a folder of the user's own. Throws permission_denied when the folder is
 * there and somebody else's, or open to others.
 */
export function socketPath(stateFolder: string, name: string, machine: Machine): string {
  const runtime = machine.env["XDG_RUNTIME_DIR"];
  const folders = [
    runtime === undefined || runtime === "" ? undefined : join(runtime, "trimaran"),
    join(machine.temporary, `trimaran-${machine.uid}`),
    `/tmp/trimaran-${machine.uid}`,
  ];
  const file = `${createHash("sha256").update(stateFolder).digest("hex").slice(0, 16)}.${name}`;
  for (const folder of folders) {
    if (folder === undefined || Buffer.byteLength(join(folder, file)) > LIMIT_BYTES || !makeFolder(folder)) continue;
    const { uid, mode } = lstatSync(folder);
    if (uid === machine.uid && (mode & 0o077) === 0) return join(folder, file);
    throw new TrimaranError(
      "permission_denied",
      "the folder for control sockets belongs to another user, or others may enter it",
      { hint: `ls -ld ${folder}` },
    );
  }
  throw new TrimaranError("unavailable", "there is no folder for control sockets", {
    hint: "set XDG_RUNTIME_DIR to a folder of your own",
  });
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "EEXIST" && lstatSync(folder).isDirectory();
  }
}
