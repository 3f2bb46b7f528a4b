import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Programs of ours that run in a process of their own. */
export type EntryName = "gateway" | "local-services" | "secret-reader";

const modules: Readonly<Record<EntryName, string>> = {
  gateway: "@trimaran/gateway/main",
  "local-services": "@trimaran/local-services/main",
  "secret-reader": "@trimaran/controller/secret-reader",
};

/** The path of a program: in the published bundle the file of its name beside this one, elsewhere its package's. */
export function entryPath(name: EntryName): string {
  const bundled = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(import.meta.resolve(modules[name]));
}
