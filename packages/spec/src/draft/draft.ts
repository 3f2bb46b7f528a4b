import { toName } from "../names.ts";
import { appNameLimit, type Clue, type Clues, type ResourceClue } from "./clues.ts";
import { readCompose } from "./compose.ts";
import { readDockerfile } from "./docker.ts";
import { readPackageJson } from "./node.ts";
import { readProcfile } from "./procfile.ts";
import { readPython } from "./python.ts";
import { writeDraft } from "./write.ts";

export interface Draft {
  /** A commented trimaran.yaml that holds. */
  readonly text: string;
  /** One sentence each: what was found, and what is for the reader to check. */
  readonly notes: readonly string[];
}

/**
 * A first trimaran.yaml for a folder. `files` are the texts of its files by name (those in folders by path with slashes);
 * what is not there or cannot be read is left out of the draft. Never throws.
 */
export function draftSpec(files: ReadonlyMap<string, string>, folderName: string): Draft {
  const dockerfile = files.get("Dockerfile") ?? files.get("Containerfile");
  const composeFile = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"].find((name) =>
    files.has(name),
  );
  const isPython = files.has("requirements.txt") || files.has("pyproject.toml");
  const docker = dockerfile === undefined ? {} : readDockerfile(dockerfile);
  const compose = composeFile === undefined ? {} : readCompose(files.get(composeFile)!, composeFile);
  const procfile = files.has("Procfile") ? readProcfile(files.get("Procfile")!) : {};
  const node = files.has("package.json") ? readPackageJson(files.get("package.json")!) : {};
  const python = isPython ? readPython(files) : {};
  // A Streamlit that does not take its port from the command line listens on 8501 whatever PORT says.
  const isStreamlit = python.affinity !== undefined;
  const commands = isStreamlit
    ? [usable(procfile.command, "--server.port"), python.command]
    : [procfile.command, python.command, node.command, compose.command, docker.command];
  const all: readonly Clues[] = [docker, compose, python, node, procfile];
  const image = dockerfile === undefined ? compose.image : undefined;
  const resources = merged(all);
  return writeDraft({
    name: toName(folderName, appNameLimit) ?? "my-app",
    hasDockerfile: dockerfile !== undefined,
    image,
    command: commands.find((clue) => clue !== undefined),
    migrate: procfile.migrate ?? python.migrate ?? node.migrate,
    port: docker.port ?? compose.port ?? python.port ?? node.port ?? { value: 8000, because: "a guess" },
    health: python.health ?? docker.health ?? compose.health ?? node.health,
    affinity: python.affinity,
    resources,
    env: Object.assign({}, ...resources.map(({ env }) => env ?? {}), compose.env) as Record<string, string>,
    notes: all.flatMap((clues) => clues.notes ?? []),
  });
}

function usable(command: Clue<string> | undefined, word: string): Clue<string> | undefined {
  return command?.value.includes(word) === true ? command : undefined;
}

/** One resource of a type, with all that is known of it. */
function merged(all: readonly Clues[]): readonly ResourceClue[] {
  const found = new Map<string, ResourceClue>();
  for (const clue of all.flatMap((clues) => clues.resources ?? []))
    found.set(clue.type, { ...clue, ...found.get(clue.type) });
  return [...found.values()];
}
