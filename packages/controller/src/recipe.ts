import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ContainerTool, MARK_VARIABLE, type Release, removeContainer, runArguments } from "@trimaran/all";
import {
  type BoundResource,
  type Cloud,
  type ErrorReport,
  type PgRole,
  type Site,
  TrimaranError,
} from "@trimaran/contract";
import { shellArguments, startCommand } from "./app-command.ts";
import { bindingOf, type Reach } from "./binding.ts";
import { cloudEnvironment, instanceEnvironment, plainEnvironment } from "./environment.ts";
import type { Recipe, Recipes } from "./instance.ts";
import { type PlaceholderSources, renderTemplate, secretsAsked } from "./placeholders.ts";
import { writeJson } from "./state.ts";
import { nodeArguments, type World } from "./world.ts";

export interface Kitchen {
  readonly world: World;
  readonly release: Release;
  readonly revision: string;
  readonly reach: Reach;
  /** Where the app runs in containers: the tool, and the release's image. */
  readonly container: { readonly tool: ContainerTool; readonly image: string } | undefined;
}

/** How instances at this site are started; asked again for each start, since credentials may have changed. */
export function instanceRecipes(kitchen: Kitchen, site: Site): Recipes {
  const { service } = kitchen.world.app;
  const { container } = kitchen;
  // An app that has no migration of its own changes its schema when it starts, and needs the rights to.
  const role = service.migrate === undefined ? "owner" : "app";
  if (container === undefined) {
    return {
      make: (_id, port) => processRecipe(kitchen, site, port, startCommand(service, kitchen.release.folder), role),
    };
  }
  return {
    make: (id, port) => containerRecipe(kitchen, container, site, { id, port, role }),
    killMore: (id) => removeContainer(container.tool, containerName(kitchen, id)),
  };
}

/** How `service.migrate` is run: at the primary site, with the owner's rights. */
export function migrateRecipe(kitchen: Kitchen, site: Site, command: string): Promise<Recipe> {
  const { container } = kitchen;
  if (container === undefined) return processRecipe(kitchen, site, 0, command, "owner");
  const isPlain = /^[\w@%+=:,./ -]+$/.test(command);
  const words = isPlain ? command.trim().split(/ +/) : ["/bin/sh", "-c", command];
  return containerRecipe(kitchen, container, site, { id: "migrate", port: 0, role: "owner", command: words });
}

async function processRecipe(
  kitchen: Kitchen,
  site: Site,
  port: number,
  command: string,
  role: PgRole,
): Promise<Recipe> {
  const cwd = kitchen.release.folder;
  const plain = plainEnvironment(kitchen.world.machine, cwd);
  const env = { ...plain, ...(await appEnvironment(kitchen, site, port, role, plain)) };
  return { command: "/bin/sh", args: shellArguments(command), cwd, env };
}

interface ContainerStart {
  readonly id: string;
  readonly port: number;
  readonly role: PgRole;
  readonly command?: readonly string[];
}

/** Values reach the container through the tool's own environment, so that none is on a command line or in a file. */
async function containerRecipe(
  kitchen: Kitchen,
  container: NonNullable<Kitchen["container"]>,
  site: Site,
  start: ContainerStart,
): Promise<Recipe> {
  const { world } = kitchen;
  const { tool, image } = container;
  const name = containerName(kitchen, start.id);
  await removeContainer(tool, name);
  const env = await appEnvironment(
    kitchen,
    site,
    start.port,
    start.role,
    plainEnvironment(world.machine, world.state.folder),
  );
  const args = runArguments(tool, {
    image,
    name,
    labels: {
      "trimaran.app": world.app.name,
      "trimaran.site": site.name,
      "trimaran.revision": kitchen.revision,
      "trimaran.state": world.keys.id,
    },
    // The mark travels along: it finds the container's processes whatever became of the tool's.
    variables: [...Object.keys(env), MARK_VARIABLE],
    files: [world.trust.authorityFile, world.trust.bundleFile, bindingFile(world, site)],
    ...(start.command === undefined ? {} : { command: start.command }),
  });
  return { command: tool.program, args, cwd: world.state.folder, env: { ...tool.env, ...env } };
}

function containerName(kitchen: Kitchen, id: string): string {
  return `trimaran-${kitchen.world.app.name}-${kitchen.world.keys.id.slice(0, 8)}-${id}`;
}

function bindingFile(world: World, site: Site): string {
  return join(world.state.site(site.name), "binding.json");
}

/** The variables that are the app's at this site, beside the plain ones. The binding goes into a file beside the site's data. */
async function appEnvironment(
  { world, revision, reach }: Kitchen,
  site: Site,
  port: number,
  role: PgRole,
  plain: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { app, providers, trust, keys, state } = world;
  const binding = bindingOf(app, site, revision, providers, reach, trust.authority);
  const file = bindingFile(world, site);
  mkdirSync(state.site(site.name), { recursive: true, mode: 0o700 });
  // It holds no secret, and a container's user must be able to read it.
  writeJson(file, binding, 0o644);
  const clouds = cloudEnvironment(app, site, providers, (name) => reach(name).cloud, trust);
  const asked = secretsAsked(Object.values(app.service.env));
  const secrets = asked.length === 0 ? {} : await readSecrets(world, asked, binding.resources, { ...plain, ...clouds });
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
  return { ...clouds, ...instanceEnvironment(site, { port, revision, bindingFile: file }), ...Object.fromEntries(own) };
}

async function readSecrets(
  world: World,
  names: readonly string[],
  bound: Readonly<Record<string, BoundResource>>,
  env: Record<string, string>,
): Promise<Readonly<Record<string, string>>> {
  const asked = names.flatMap((resource) => {
    const found = bound[resource];
    return found === undefined ? [] : [{ resource, cloud: homeCloud(world, found), settings: found.settings }];
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

function homeCloud(world: World, bound: BoundResource): Cloud | undefined {
  return world.app.sites.find((site) => site.name === bound.home)?.cloud;
}
