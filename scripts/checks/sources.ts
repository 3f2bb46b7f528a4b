import { globSync, readFileSync } from "node:fs";

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly isTest: boolean;
}

const folders = ["packages", "test", "bench", "scripts", "examples"];

/** Every TypeScript and JavaScript source that is ours. */
export function readSources(): readonly Source[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.{ts,js}`),
    { exclude: (name) => /(^|\/)(node_modules|build|dist|\.trimaran)$/.test(name) },
  )
    .sort()
    .map((path) => {
      const text = readFileSync(path, "utf8");
      const isTest =
        /\.test\.ts$/.test(path) || /^(test|bench|scripts)\//.test(path) || /\/(testing|test|testdata)\//.test(path);
      return { path, text, lines: text.split("\n"), isTest };
    });
}
