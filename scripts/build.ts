/**
 * Makes what is published, under dist/<package name>/: JavaScript and declarations for whoever installs (Node strips no types below
 * node_modules), and the command line as one bundle, so that it starts fast.
 *   node scripts/build.ts [--packages contract,runtime]
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

interface PackageJson {
  name: string;
  exports: Record<string, string>;
  bin?: Record<string, string>;
  files?: readonly string[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/** Packages of others that every command loads: inside the bundle they cost a third of the time. Their licences go along. */
const bundled = ["yaml", "zod"];

const { values } = parseArgs({ options: { packages: { type: "string" } } });
const wanted = values.packages?.split(",");
const folders = [...globSync("packages/*/package.json"), ...globSync("packages/providers/*/package.json")]
  .map((path) => path.slice(0, -"/package.json".length))
  .sort();

execFileSync("tsc", ["-b"], { stdio: "inherit" });
for (const folder of folders) {
  const source = readJson(join(folder, "package.json"));
  if (wanted !== undefined && !wanted.includes(source.name.replace("@trimaran/", ""))) continue;
  const target = join("dist", source.name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const extra of ["README.md", "schema.json", "bin"])
    if (existsSync(join(folder, extra))) cpSync(join(folder, extra), join(target, extra), { recursive: true });
  cpSync("LICENSE", join(target, "LICENSE"));
  if (source.name === "trimaran") await bundleCommandLine(folder, target, source);
  else emitLibrary(folder, target, source);
  console.log(`built ${target}`);
}

/** tsc's output as it is; package.json points at it. */
function emitLibrary(folder: string, target: string, source: PackageJson): void {
  cpSync(join(folder, "build"), join(target, "dist"), {
    recursive: true,
    filter: (path) => !path.endsWith(".tsbuildinfo"),
  });
  cpNonTypeScript(join(folder, "src"), join(target, "dist"));
  const built = (path: string) => path.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, ".js");
  const exports = Object.fromEntries(
    Object.entries(source.exports).map(([name, path]) => [
      name,
      path.endsWith(".ts") ? { types: built(path).replace(/\.js$/, ".d.ts"), default: built(path) } : path,
    ]),
  );
  const bin = source.bin && Object.fromEntries(Object.entries(source.bin).map(([name, path]) => [name, built(path)]));
  for (const path of Object.values(bin ?? {})) chmodSync(join(target, path), 0o755);
  writeJson(join(target, "package.json"), { ...source, exports, ...(bin === undefined ? {} : { bin }) });
}

/** Message definitions and the like, which tsc leaves where they are. */
function cpNonTypeScript(from: string, to: string): void {
  for (const path of globSync("**/*.{proto,json,html,py}", { cwd: from }))
    cpSync(join(from, path), join(to, path), { recursive: true });
}

/** Our own packages in one bundle with split points at each dynamic import; what others publish stays a dependency. */
async function bundleCommandLine(folder: string, target: string, source: PackageJson): Promise<void> {
  const own = new Set(folders.map((f) => readJson(join(f, "package.json")).name));
  const dependencies: Record<string, string> = {};
  const optionalDependencies: Record<string, string> = {};
  for (const f of folders) {
    const p = readJson(join(f, "package.json"));
    if (["@trimaran/conformance", "@trimaran/runtime"].includes(p.name)) continue;
    for (const [name, range] of Object.entries(p.dependencies ?? {}))
      if (!own.has(name) && !bundled.includes(name)) dependencies[name] = range;
    Object.assign(optionalDependencies, p.optionalDependencies);
  }
  await build({
    entryPoints: {
      main: join(folder, "src/main.ts"),
      gateway: "packages/gateway/src/main.ts",
      "local-services": "packages/local-services/src/main.ts",
      "secret-reader": "packages/controller/src/secret-reader-main.ts",
    },
    outdir: join(target, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    packages: "bundle",
    external: [
      ...Object.keys(dependencies),
      ...Object.keys(optionalDependencies),
      "@aws-sdk/*",
      "@azure/*",
      "@google-cloud/*",
      "@smithy/*",
      "pg",
    ],
    minifySyntax: true,
    // The CommonJS build of yaml asks for Node's own modules with require.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    legalComments: "none",
  });
  cpNonTypeScript("packages/local-services/src", join(target, "dist"));
  const licences = bundled.map(
    (name) => `${name}\n\n${readFileSync(join("node_modules", name, "LICENSE"), "utf8").trim()}\n`,
  );
  writeFileSync(join(target, "THIRD-PARTY-LICENSES"), licences.join("\n\n"));
  writeJson(join(target, "package.json"), {
    ...source,
    bin: { trimaran: "./bin/trimaran.js" },
    exports: { "./schema.json": "./schema.json" },
    files: ["dist", "bin", "schema.json", "THIRD-PARTY-LICENSES"],
    dependencies,
    optionalDependencies,
  });
}

function readJson(path: string): PackageJson {
  return JSON.parse(readFileSync(path, "utf8")) as PackageJson;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
