import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { readSources } from "./sources.ts";

/** Who may import whom, by package folder. What is not named is forbidden; a package may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  spec: ["contract"],
  runtime: ["contract"],
  conformance: ["contract", "runtime"],
  "providers/local": ["contract"],
  "providers/aws": ["contract"],
  "providers/azure": ["contract"],
  "providers/gcp": ["contract"],
  "local-services": ["contract"],
  gateway: ["contract"],
  operations: ["contract", "spec"],
  all: [
    "contract",
    "spec",
    "providers/local",
    "providers/aws",
    "providers/azure",
    "providers/gcp",
    "local-services",
    "gateway",
    "operations",
  ],
  controller: ["contract", "spec", "all"],
  cli: ["contract", "spec", "all", "controller"],
};

const vendor = /^(@aws-sdk|@azure|@google-cloud|@smithy)\//;
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;

/** Reads every import of shipped code against the table, and each package.json against its imports. */
export function floors(): readonly string[] {
  const names = new Map(Object.keys(mayImport).map((folder) => [packageJson(folder).name, folder]));
  const problems: string[] = [];
  for (const { path, text, isTest } of readSources()) {
    const folder = Object.keys(mayImport).find((f) => path.startsWith(`packages/${f}/`));
    if (folder === undefined || isTest) continue;
    for (const specifier of importsOf(text)) {
      const problem = judge(folder, specifier, names, path);
      if (problem !== undefined) problems.push(`${path}: ${problem}`);
    }
  }
  return problems;
}

function judge(
  folder: string,
  specifier: string,
  names: ReadonlyMap<string, string>,
  path: string,
): string | undefined {
  if (specifier.startsWith(".")) return undefined;
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
    return folder === "contract" ? `contract has no I/O, and imports ${specifier}` : undefined;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const target = names.get(name);
  if (target === folder) return undefined;
  if (target !== undefined)
    return mayImport[folder]?.includes(target) ? undefined : `${folder} may not import ${target}`;
  if (vendor.test(name) && !folder.startsWith("providers/"))
    return `only providers import a cloud's SDK, not ${folder} (${name})`;
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = packageJson(folder);
  if (name in dependencies || name in peerDependencies || name in optionalDependencies) return undefined;
  return `${name} is not in the package.json of packages/${folder} (${path.split("/").at(-1)})`;
}

function importsOf(text: string): readonly string[] {
  return [...text.matchAll(importPattern)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
}

interface PackageJson {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function packageJson(folder: string): PackageJson {
  return JSON.parse(readFileSync(`packages/${folder}/package.json`, "utf8")) as PackageJson;
}
