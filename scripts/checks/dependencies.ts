import { globSync, readFileSync } from "node:fs";

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** docs/dependencies.md names every dependency that a package.json declares, and no other; the lock file names no registry. */
export function dependencies(): readonly string[] {
  const declared = new Set(
    [
      "package.json",
      ...globSync([
        "packages/*/package.json",
        "packages/providers/*/package.json",
        "examples/*/package.json",
        "test/*/package.json",
      ]),
    ]
      .flatMap((path) => {
        const p = JSON.parse(readFileSync(path, "utf8")) as PackageJson;
        return Object.keys({
          ...p.dependencies,
          ...p.devDependencies,
          ...p.peerDependencies,
          ...p.optionalDependencies,
        });
      })
      .filter((name) => !name.startsWith("@trimaran/")),
  );
  const listed = new Set(
    [...readFileSync("docs/dependencies.md", "utf8").matchAll(/^\| `([^`]+)` *\|/gm)].map((m) => m[1] ?? ""),
  );
  const locks = globSync(["package-lock.json", "test/*/package-lock.json"]);
  return [
    ...[...declared]
      .filter((name) => !listed.has(name))
      .map((name) => `docs/dependencies.md gives no reason for ${name}`),
    ...[...listed]
      .filter((name) => !declared.has(name))
      .map((name) => `docs/dependencies.md names ${name}, which nothing declares`),
    ...locks
      .filter((path) => readFileSync(path, "utf8").includes('"resolved": "http'))
      .map((path) => `${path} holds download addresses`),
  ];
}
