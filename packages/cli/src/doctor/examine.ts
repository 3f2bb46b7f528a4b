import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { installedPostgres } from "@trimaran/all";

/** One part of the machine and what it is good for. */
export interface Finding {
  readonly name: string;
  readonly found: boolean;
  /** Without it `up` cannot work at all. */
  readonly required: boolean;
  readonly version: string | null;
  readonly unlocks: string;
  readonly hint?: string;
}

interface Part {
  readonly name: string;
  /** Any of these programs will do. */
  readonly programs: readonly string[];
  readonly args: readonly string[];
  readonly unlocks: string;
  readonly hint: string;
}

const parts: readonly Part[] = [
  {
    name: "podman or docker",
    programs: ["podman", "docker"],
    args: ["--version"],
    unlocks: "running the app as containers (service.runtime: container)",
    hint: "apt-get install podman",
  },
  {
    name: "git",
    programs: ["git"],
    args: ["--version"],
    unlocks: "nothing that `up` needs; pipelines do",
    hint: "apt-get install git",
  },
  {
    name: "pg_dump",
    programs: ["pg_dump"],
    args: ["--version"],
    unlocks: "looking into, dumping and restoring databases by hand",
    hint: "apt-get install postgresql-client",
  },
  {
    name: "aws",
    programs: ["aws"],
    args: ["--version"],
    unlocks: "looking into the aws site's services by hand",
    hint: "apt-get install awscli",
  },
  {
    name: "rclone",
    programs: ["rclone"],
    args: ["version"],
    unlocks: "looking into any site's objects by hand",
    hint: "apt-get install rclone",
  },
];

/** Looks for every part; runs each program once for its version. */
export async function examine(env: Readonly<Record<string, string | undefined>>): Promise<readonly Finding[]> {
  const postgres = await installedPostgres(process.arch);
  const fixed: Finding[] = [
    { name: "Node", found: true, required: true, version: process.versions.node, unlocks: "everything" },
    {
      name: "PostgreSQL server",
      found: postgres !== undefined,
      required: false,
      version: postgres ?? null,
      unlocks: "resources of type postgres",
      hint: "npm install     (it comes as an optional dependency for Linux on x64 and arm64)",
    },
    {
      name: "/proc",
      found: process.platform === "linux",
      required: true,
      version: process.platform,
      unlocks: "finding processes that a crash left behind",
      hint: "run it on Linux",
    },
  ];
  return [...fixed, ...(await Promise.all(parts.map((part) => examinePart(part, env))))];
}

async function examinePart(part: Part, env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  for (const program of part.programs) {
    const version = await versionOf(program, part.args, env);
    if (version !== undefined)
      return { name: part.name, found: true, required: false, version: `${program} ${version}`, unlocks: part.unlocks };
  }
  return { name: part.name, found: false, required: false, version: null, unlocks: part.unlocks, hint: part.hint };
}

async function versionOf(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], { timeout: 10_000, env });
    return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? "?";
  } catch (_e) {
    return undefined; // not installed, or not able to say its version: either way it cannot be used
  }
}
