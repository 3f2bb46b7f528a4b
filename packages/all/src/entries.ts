import { fileURLToPath } from "node:url";

/** Programs of ours that run in a process of their own. */
export type EntryName = "gateway" | "local-services" | "secret-reader";

const modules: Readonly<Record<EntryName, string>> = {
  gateway: "@trimaran/gateway/main",
  "local-services": "@trimaran/local-services/main",
  "secret-reader": "@trimaran/controller/secret-reader",
};

/** The path of a program: its source in the workspace; in the published bundle, which is one file each, the file beside this one. */
export function entryPath(name: EntryName): string {
  const isBundle = import.meta.url.endsWith(".js") && !import.meta.url.includes("/all/");
  return fileURLToPath(isBundle ? new URL(`${name}.js`, import.meta.url) : import.meta.resolve(modules[name]));
}
