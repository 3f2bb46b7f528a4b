import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Service, TrimaranError } from "@trimaran/contract";

/** How the process runtime starts the app: `service.command`, else the Procfile's `web`, else package.json's `start`. Throws spec_invalid. */
export function startCommand(service: Service, releaseFolder: string): string {
  if (service.command !== undefined) return service.command;
  const web = /^web:\s*(.+)$/m.exec(read(join(releaseFolder, "Procfile")))?.[1];
  if (web !== undefined) return web.trim();
  const start = packageScript(read(join(releaseFolder, "package.json")));
  if (start !== undefined) return start;
  throw new TrimaranError("spec_invalid", "the app's folder does not say how it is started", {
    hint: "service.command: node server.js",
  });
}

function packageScript(text: string): string | undefined {
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: { readonly start?: unknown } };
    return typeof scripts?.start === "string" ? scripts.start : undefined;
  } catch (_noJson) {
    return undefined;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (_missing) {
    return "";
  }
}

/** By the shell, as in a Procfile; a plain command takes the shell's place, so that signals and exit codes are its own. */
export function shellArguments(command: string): readonly string[] {
  const isPlain = /^[\w@%+=:,./ -]+$/.test(command) && !/^\w+=/.test(command);
  return ["-c", isPlain ? `exec ${command}` : command];
}
