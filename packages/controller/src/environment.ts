import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { type App, BINDING_FILE_VARIABLE, type LocalCloudAnnouncement, type Site } from "@trimaran/contract";
import { homeOf, type Providers } from "./homes.ts";
import type { Machine } from "./host.ts";
import type { Trust } from "./trust.ts";

/** What an instance, and whatever else runs for the app, needs to reach its clouds; nothing of the user's own credentials. */
export function cloudEnvironment(
  app: App,
  site: Site,
  providers: Providers,
  announced: (site: string) => LocalCloudAnnouncement,
  trust: Trust,
): Record<string, string> {
  const homes = app.resources.map((resource) => homeOf(app, resource, site));
  // A site's own cloud comes last: of two sites of one cloud it is the own one whose variables hold.
  const sites = [...new Set([...homes.filter((home) => home.name !== site.name), site])];
  return {
    ...Object.assign({}, ...sites.map((s) => providers[s.cloud].localEnvironment(announced(s.name), s.region))),
    NODE_EXTRA_CA_CERTS: trust.authorityFile,
    SSL_CERT_FILE: trust.bundleFile,
    AWS_CA_BUNDLE: trust.bundleFile,
    REQUESTS_CA_BUNDLE: trust.bundleFile,
  };
}

/** The variables that every program gets; all else of ours stays here. */
export function plainEnvironment(machine: Machine, folder: string): Record<string, string> {
  const kept = ["LANG", "LC_ALL", "TZ", "TMPDIR"].flatMap((name) => {
    const value = machine.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const path = machine.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  return {
    ...Object.fromEntries(kept),
    HOME: machine.home,
    PATH: [...binFolders(folder), dirname(machine.node), path].join(delimiter),
  };
}

/** `node_modules/.bin` of the folder and of all above it, the nearest first, as npm has it. */
function binFolders(folder: string): readonly string[] {
  const here = join(folder, "node_modules/.bin");
  const above = dirname(folder) === folder ? [] : binFolders(dirname(folder));
  return existsSync(here) ? [here, ...above] : above;
}

export interface InstanceFacts {
  readonly port: number;
  readonly revision: string;
  readonly bindingFile: string;
}

export function instanceEnvironment(site: Site, facts: InstanceFacts): Record<string, string> {
  return {
    PORT: String(facts.port),
    HOST: "127.0.0.1",
    [BINDING_FILE_VARIABLE]: facts.bindingFile,
    TRIMARAN_SITE: site.name,
    TRIMARAN_CLOUD: site.cloud,
    TRIMARAN_REGION: site.region,
    TRIMARAN_REVISION: facts.revision,
  };
}
