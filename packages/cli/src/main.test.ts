import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { commands } from "./commands.ts";
import type { Io } from "./io.ts";
import { main } from "./main.ts";
import { version } from "./version.ts";

/** Runs one command line in this process, in a folder of its own. */
async function run(t: TestContext, files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), "trimaran cli "));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, ".."), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  let out = "";
  let err = "";
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    hasColor: false,
    columns: () => 100,
    rows: () => 40,
    cwd,
    env: process.env,
    interrupted: new AbortController().signal,
    now: () => 0,
  };
  const status = await main(args, io);
  return { status, out, err, cwd };
}

const good =
  "app: shop\nservice: { port: 8000, command: node server.js }\nsites:\n  aws: { cloud: aws, region: us-east-1 }\n";

test("--version says the version of package.json", async (t) => {
  const { version: declared } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.deepEqual(await run(t, {}, "--version").then(({ status, out }) => ({ status, out })), {
    status: 0,
    out: `${declared}\n`,
  });
  assert.equal(version, declared);
});

test("help names every command, and each command's own help has its options and an example or an option", async (t) => {
  const { out, status } = await run(t, {}, "--help");
  assert.equal(status, 0);
  for (const command of commands) {
    assert.match(out, new RegExp(`trimaran ${command.path.join(" ")}\\b`));
    const own = await run(t, {}, ...command.path, "--help");
    assert.equal(own.status, 0);
    for (const option of Object.keys(command.options ?? {})) assert.match(own.out, new RegExp(`--${option}\\b`));
    assert.match(own.out, /--file PATH/);
  }
});

test("without a command: help, and a status that scripts notice", async (t) => {
  const { status, out } = await run(t, {});
  assert.equal(status, 2);
  assert.match(out, /trimaran up/);
});

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [["statsu"], /hint: trimaran status/],
  [["traffic"], /hint: trimaran traffic show \| trimaran traffic set/],
  [["chaos", "kil", "aws"], /kill/],
  [["chaos", "kill"], /<site> is missing/],
  [["validate", "--fiel", "x"], /hint: --file/],
  [["traffic", "set", "aws:70"], /aws=70/],
  [["up", "--port", "many"], /--port takes a whole number/],
  [["status", "now", "please"], /takes at most 0 words/],
];
for (const [args, says] of mistakes) {
  test(`a mistake on the command line is told with its mend: ${args.join(" ")}`, async (t) => {
    const { status, err, out } = await run(t, { "trimaran.yaml": good }, ...args);
    assert.equal(status, 2, err);
    assert.equal(out, "");
    assert.match(err, /^error\[invalid_argument\]: /);
    assert.match(err, says);
    const machine = await run(t, { "trimaran.yaml": good }, ...args, "--json");
    assert.equal((JSON.parse(machine.out) as { error: { code: string } }).error.code, "invalid_argument");
  });
}

test("validate: a good spec", async (t) => {
  const { status, out } = await run(t, { "trimaran.yaml": good }, "validate");
  assert.equal(status, 0);
  assert.match(out, /^valid: shop at aws \(aws us-east-1/);
});

test("validate: every mistake at once, each with its line and column", async (t) => {
  const bad = good.replace("port: 8000", "prot: 8000").replace("cloud: aws", "cloud: awz");
  const { status, err } = await run(t, { "trimaran.yaml": bad }, "validate");
  assert.equal(status, 3);
  assert.match(err, /trimaran\.yaml:2:12: /);
  assert.match(err, /trimaran\.yaml:4:17: /);
  const { out } = await run(t, { "trimaran.yaml": bad }, "validate", "--json");
  const { valid, problems } = JSON.parse(out) as { valid: boolean; problems: { line: number }[] };
  assert.equal(valid, false);
  assert.ok(problems.some((p) => p.line === 2) && problems.some((p) => p.line === 4));
});

test("validate refuses by name what a cloud cannot give", async (t) => {
  const asks = `${good}resources:\n  files: { type: bucket, needs: [versions] }\n`;
  const { status, err } = await run(t, { "trimaran.yaml": asks }, "validate");
  assert.equal(status, 4);
  assert.match(err, /^error\[unsupported\]: .*files.*versions\n {2}hint: resources\.files\.needs/);
});

test("a spec that is not there", async (t) => {
  for (const command of ["validate", "up", "status", "logs", "down"]) {
    const { status, err } = await run(t, {}, command);
    assert.equal(status, 10, command);
    assert.match(err, /hint: trimaran init/);
  }
});

test("what is not running is said with the way to run it", async (t) => {
  for (const args of [["status"], ["traffic", "show"], ["chaos", "kill", "aws"]]) {
    const { status, err } = await run(t, { "trimaran.yaml": good }, ...args);
    assert.equal(status, 10, args.join(" "));
    assert.match(err, /hint: trimaran up/);
  }
});

test("init writes a spec that validates, and does not touch one that is there", async (t) => {
  const files = { "requirements.txt": "streamlit==1.50\n", "app.py": "import streamlit\n" };
  const { status, cwd } = await run(t, files, "init");
  assert.equal(status, 0);
  const text = readFileSync(join(cwd, "trimaran.yaml"), "utf8");
  assert.match(text, /affinity: session/);
  assert.match(text, /8501/);
  assert.equal((await run(t, { "trimaran.yaml": text }, "validate")).status, 0);
  const again = await run(t, { ...files, "trimaran.yaml": good }, "init");
  assert.equal(again.status, 11);
  assert.equal(readFileSync(join(again.cwd, "trimaran.yaml"), "utf8"), good);
  assert.equal((await run(t, { ...files, "trimaran.yaml": good }, "init", "--force")).status, 0);
});
