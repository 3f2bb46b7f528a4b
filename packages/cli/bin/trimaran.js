#!/usr/bin/env node
// The launcher is plain JavaScript that any Node can read, so that one that is too old gets a sentence and not a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `error[tool_missing]: Trimaran needs Node 22.18 or newer, and this is ${process.version}.\n` +
      "  hint: in a clone of the project, `npm start` and `npm run trimaran -- ...` use the Node 24 that `npm ci` installed;\n" +
      "        elsewhere install a newer Node (https://nodejs.org/en/download) and run the command again.\n",
  );
  process.exit(26);
}
const { existsSync } = await import("node:fs");
const { enableCompileCache } = await import("node:module");
enableCompileCache?.();
const source = new URL("../src/main.ts", import.meta.url);
const { main } = await import(existsSync(source) ? source.href : new URL("../dist/main.js", import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
