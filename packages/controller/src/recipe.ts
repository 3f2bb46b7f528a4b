import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Release } from "@trimaran/all";
import { type BoundResource, type ErrorReport, type PgRole, type Site, TrimaranError } from "@trimaran/contract";
import { shellArguments, startCommand } from "./app-command.ts";
import { bindingOf, type Reach } from "./binding.ts";
import { cloudEnvironment, instanceEnvironment, plainEnvironment } from "./environment.ts";
import type { Recipe } from "./instance.ts";
import { type PlaceholderSources, renderTemplate, secretsAsked } from "./placeholders.ts";
import { writeJson } from "./state.ts";
import { nodeArguments, type World } from "./world.ts";

export interface Kitchen {
  readonly world: World;
  readonly release: Release;
  readonly revision: string;
  readonly reach: Reach;
}

/** How an instance at this site is started now. */
export async function instanceRecipe(kitchen: Kitchen, site: Site, port: number): Promise<Recipe> {
  const { service } = kitchen.world.app;
  // An app that has no migration of its own changes its schema when it starts, and needs the rights to.
  const role = service.migrate === undefined ? "owner" : "app";
  return commandRecipe(kitchen, site, port, startCommand(service, kitchen.release.folder), role);
}

/** How `service.migrate` is run: at the primary site, with the owner's rights. */
export async function migrateRecipe(kitchen: Kitchen, site: Site, command: string): Promise<Recipe> {
  return commandRecipe(kitchen, site, 0, command, "owner");
}

async function commandRecipe(
  kitchen: Kitchen,
  site: Site,
  port: number,
  command: string,
  role: PgRole,
): Promise<Recipe> {
  const { release } = kitchen;
  const cwd = release.folder;
  return {
    command: "/bin/sh",
    args: shellArguments(command),
    cwd,
    env: await appEnvironment(kitchen, site, port, role, cwd),
  };
}

/** All variables that the app gets at this site. The binding goes into a file beside the site's data. */
async function appEnvironment(
  { world, revision, reach }: Kitchen,
  site: Site,
  port: number,
  role: PgRole,
  folder: string,
): Promise<Record<string, string>> {
  const { app, providers, trust, keys, machine, state } = world;
  const binding = bindingOf(app, site, revision, providers, reach, trust.authority);
  const bindingFile = join(state.site(site.name), "binding.json");
  mkdirSync(state.site(site.name), { recursive: true, mode: 0o700 });
  writeJson(bindingFile, binding);
  const plain = {
    ...plainEnvironment(machine, folder),
    ...cloudEnvironment(app, site, providers, (name) => reach(name).cloud, trust),
  };
  const asked = secretsAsked(Object.values(app.service.env));
  const secrets = asked.length === 0 ? {} : await readSecrets(world, asked, binding.resources, plain);
  const sources: PlaceholderSources = {
    app,
    site,
    providers,
    keys,
    bound: binding.resources,
    authorityFile: trust.authorityFile,
    role,
    secrets,
  };
  const own = Object.entries(app.service.env).map(
    ([name, template]) => [name, renderTemplate(template, sources)] as const,
  );
  return { ...plain, ...instanceEnvironment(site, { port, revision, bindingFile }), ...Object.fromEntries(own) };
}

async function readSecrets(
  world: World,
  names: readonly string[],
  bound: Readonly<Record<string, BoundResource>>,
  env: Record<string, string>,
): Promise<Readonly<Record<string, string>>> {
  const asked = names.flatMap((resource) => {
    const found = bound[resource];
    return found === undefined ? [] : [{ resource, driver: found.driver, settings: found.settings }];
  });
  const child = spawn(world.machine.node, [...nodeArguments(world.entry("secret-reader"))], {
    env,
    cwd: world.state.folder,
    stdio: ["pipe", "pipe", "ignore"],
    signal: world.stopping,
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(asked));
  const said = await text(child.stdout);
  try {
    const read = JSON.parse(said) as { readonly values: Readonly<Record<string, string>> } | ErrorReport;
    if ("values" in read) return read.values;
    throw new TrimaranError(read.error.code, read.error.message, { hint: read.error.hint });
  } catch (cause) {
    if (cause instanceof TrimaranError) throw cause;
    throw new TrimaranError("unavailable", "the secrets that service.env names could not be read", { cause });
  }
}
