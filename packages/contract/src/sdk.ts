import { TrimaranError } from "./errors.ts";

/**
 * Imports a vendor's SDK at the door; `load` holds the import itself, so that types and bundlers see it.
 * tool_missing, with the command that mends it, when the package is not installed.
 */
export async function importSdk<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    const code = (e as { readonly code?: unknown } | null)?.code;
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    if (!isMissing || !String((e as Error).message).includes(name)) throw e;
    throw new TrimaranError("tool_missing", `${name} is not installed`, { cause: e, hint: `npm install ${name}` });
  }
}
