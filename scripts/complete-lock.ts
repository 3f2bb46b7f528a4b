/**
 * Completes package-lock.json with the optional packages of other platforms. npm leaves out what its registry does not offer to the
 * machine that it runs on, and `npm ci` then refuses the lock file; each such package is named here with its version and platform, so
 * that a machine of another kind installs it and this one passes it over.
 *   node scripts/complete-lock.ts [folder ...]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  packages: Record<string, Entry>;
}

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors: readonly (readonly [RegExp, string])[] = [
  [/arm64|aarch64/, "arm64"],
  [/(^|-)arm(-|$|eabi|v)/, "arm"],
  [/ia32|i686/, "ia32"],
  [/loong64/, "loong64"],
  [/mips64el/, "mips64el"],
  [/ppc64/, "ppc64"],
  [/riscv64/, "riscv64"],
  [/s390x/, "s390x"],
  [/wasm32/, "wasm32"],
  [/x64|x86_64/, "x64"],
];

for (const folder of process.argv.length > 2 ? process.argv.slice(2) : ["."]) {
  const path = join(folder, "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8")) as Lock;
  const added = complete(lock);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${path}: ${added.length === 0 ? "complete" : `added ${added.join(", ")}`}`);
}

function complete({ packages }: Lock): readonly string[] {
  const added: string[] = [];
  for (const entry of Object.values(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      if (packages[key] !== undefined) continue;
      const platform = platformOf(name);
      const version = /^[\^~]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
      if (platform === undefined || version === undefined)
        throw new Error(`${name}@${range}: which platform is it for?`);
      packages[key] = { version, ...(entry.dev === true ? { dev: true } : {}), optional: true, ...platform };
      added.push(name);
    }
  }
  return added;
}

function platformOf(name: string): Pick<Entry, "os" | "cpu" | "libc"> | undefined {
  if (name === "fsevents") return { os: ["darwin"] };
  const words = name.split("/").at(-1) ?? name;
  const system = systems.find((s) => words.includes(s)) ?? (words.includes("wasm32") ? "wasi" : undefined);
  const processor = processors.find(([pattern]) => pattern.test(words))?.[1];
  if (system === undefined || processor === undefined) return undefined;
  return { os: [system], cpu: [processor], ...(words.includes("musl") ? { libc: ["musl"] } : {}) };
}
