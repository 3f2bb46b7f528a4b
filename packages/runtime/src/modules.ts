import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TrimaranError } from "@trimaran/contract";

/**
 * Imports a module that the app depends on: as this package sees it, else as the app in `folder` does, whose dependency it is. tool_missing,
 * with the line that installs it. An error inside the module itself comes as it is.
 */
export async function importModule(specifier: string, folder: string): Promise<unknown> {
  return import(resolved(specifier, folder));
}

function resolved(specifier: string, folder: string): string {
  try {
    return import.meta.resolve(specifier);
  } catch (e) {
    if (!isMissing(e)) throw e;
  }
  try {
    const path = createRequire(join(folder, "package.json")).resolve(specifier);
    return path.startsWith("/") ? pathToFileURL(path).href : path;
  } catch (e) {
    if (!isMissing(e)) throw e;
    const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0];
    throw new TrimaranError("tool_missing", `${specifier} is not installed`, { cause: e, hint: `npm install ${name}` });
  }
}

function isMissing(e: unknown): boolean {
  const { code } = e as { readonly code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
}
