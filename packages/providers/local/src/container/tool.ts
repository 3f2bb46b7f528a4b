import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { TrimaranError } from "@trimaran/contract";

/** A program that builds images and runs containers, as `docker` does. */
export interface ContainerTool {
  readonly program: string;
  /** Go before the subcommand, as in `podman --runtime runc run`. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Podman first: it needs no daemon and no root. Throws tool_missing. */
export function findContainerTool(env: Readonly<Record<string, string>>, flags: readonly string[]): ContainerTool {
  const folders = (env["PATH"] ?? "").split(delimiter);
  for (const name of ["podman", "docker"]) {
    const program = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (program !== undefined) return { program, flags: name === "podman" ? flags : [], env };
  }
  throw new TrimaranError("tool_missing", "service.runtime is container, and neither podman nor docker is installed", {
    hint: "apt-get install podman     or     service.runtime: process",
  });
}

/** The name of the image of one release. */
export function imageName(app: string, digest: string): string {
  return `localhost/trimaran/${app}:${digest.slice(0, 12)}`;
}

/** Builds the image of a release unless it is there. Throws unavailable with the end of what the build said as its cause. */
export async function buildImage(
  tool: ContainerTool,
  image: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const isThere = await runTool(tool, ["image", "inspect", "--format", "{{.Id}}", image], signal).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  try {
    await runTool(tool, ["build", "--tag", image, folder], signal);
  } catch (cause) {
    throw new TrimaranError("unavailable", "the container image could not be built", {
      cause,
      hint: `${tool.program} build ${JSON.stringify(folder)}`,
    });
  }
}

export interface ContainerRun {
  readonly image: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of variables to take over from the tool's own environment: values stay off the command line. */
  readonly variables: readonly string[];
  /** Files that appear at the same path inside, read-only. */
  readonly files: readonly string[];
  /** Instead of the image's own command. */
  readonly command?: readonly string[];
}

/** The arguments of a run in the foreground, on the host's network, that leaves nothing behind. */
export function runArguments(tool: ContainerTool, run: ContainerRun): readonly string[] {
  const labels = Object.entries(run.labels).flatMap(([k, v]) => ["--label", `${k}=${v}`]);
  const variables = run.variables.flatMap((name) => ["--env", name]);
  const files = run.files.flatMap((path) => ["--mount", `type=bind,source=${path},target=${path},readonly`]);
  const fixed = ["run", "--rm", "--network", "host", "--name", run.name];
  return [...tool.flags, ...fixed, ...labels, ...variables, ...files, run.image, ...(run.command ?? [])];
}

/** Removes a container of this name whatever it does; missing is success. */
export async function removeContainer(tool: ContainerTool, name: string): Promise<void> {
  await runTool(tool, ["rm", "--force", name], undefined).catch(() => undefined);
}

function runTool(tool: ContainerTool, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...tool.env }, maxBuffer: 64 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
    execFile(tool.program, [...tool.flags, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.slice(-4000), { cause: error }));
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (_no) {
    return false;
  }
}
