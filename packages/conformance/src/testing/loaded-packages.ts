/**
 * Opens one resource as an app does and prints, as JSON, every package that was loaded for it. Run as a process of its own:
 *   node loaded-packages.ts '{"kind":"objects","driver":"@trimaran/aws/objects","settings":{...}}'
 */
import { registerHooks } from "node:module";
import type { Binding, DriverKind, Json } from "@trimaran/contract";

const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = [...url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].at(-1)?.[1];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  },
});
const { createOpener } = await import("@trimaran/runtime");
const before = [...loaded];
const given = JSON.parse(process.argv[2] ?? "") as {
  readonly kind: DriverKind;
  readonly driver: string;
  readonly settings: Json;
};
const resource = { home: "here", needs: [], ...given };
const binding: Binding = {
  version: 1,
  app: "light",
  environment: "default",
  site: "here",
  cloud: "aws",
  revision: "1",
  resources: { thing: resource },
};
const opened = await createOpener({ binding })[given.kind]("thing");
await opened.close();
console.log(JSON.stringify({ before, loaded: [...loaded].sort() }));
process.exit(0);
