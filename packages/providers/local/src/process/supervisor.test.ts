import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { testFolder, testHost, until } from "../testing/world.ts";
import { LOG_LIMIT_BYTES, rotateLog } from "./log-file.ts";
import { readTail } from "./log-tail.ts";
import { findMarked, killMarked } from "./mark.ts";
import { killOrphans, recordProcess } from "./process-records.ts";
import { parseStat, readProcess } from "./process-table.ts";
import { runOnce } from "./run-once.ts";
import { type Supervised, type SupervisedOptions, supervise } from "./supervisor.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const quick = { firstMs: 20, mostMs: 80, forgivenAfterMs: 60_000 };

function shell(t: TestContext, script: string, more: Partial<SupervisedOptions> = {}) {
  const folder = testFolder(t);
  const exits: { why: string; restartInMs: number | null }[] = [];
  const name = "one";
  const mark = `test-${process.pid}-${Math.random()}`;
  const one: Supervised = supervise({
    name,
    mark,
    host: testHost,
    logPath: join(folder, "logs/one.log"),
    recordFolder: join(folder, "processes"),
    backoff: quick,
    launch: () => ({ command: "/bin/sh", args: ["-c", script], env, cwd: folder }),
    onExited: (exit) => exits.push(exit),
    ...more,
  });
  t.after(() => one.kill());
  return { one, folder, exits, mark, log: () => readTail(one.logPath, 1000) };
}

test("runs in a group of its own, logs, and stops with all that it started", async (t) => {
  const { one, log, mark, folder } = shell(t, "echo hello; sleep 60 & sleep 60");
  await one.start();
  await until("it says hello", () => log().includes("hello"));
  await until("it has its children", () => findMarked(mark).length === 3);
  assert.equal(readProcess(one.pid()!)?.group, one.pid());
  assert.deepEqual(readdirSync(join(folder, "processes")), ["one.json"]);
  await one.stop();
  assert.equal(one.pid(), null);
  assert.deepEqual(findMarked(mark), []);
  assert.deepEqual(readdirSync(join(folder, "processes")), []);
});

test("what does not listen to SIGTERM is killed after the grace", async (t) => {
  const { one, exits, log } = shell(t, "trap '' TERM; echo ready; while :; do sleep 0.05; done", { graceMs: 150 });
  await one.start();
  await until("it is ready", () => log().includes("ready"));
  await one.stop();
  assert.deepEqual(exits, [{ why: "ended by SIGKILL", restartInMs: null }]);
});

test("what ends is started again, later each time, and the waits have a ceiling", async (t) => {
  const { one, exits } = shell(t, "exit 3");
  await one.start();
  await until("it ended five times", () => exits.length >= 5);
  await one.stop();
  assert.deepEqual(
    exits.slice(0, 5).map((e) => e.restartInMs),
    [20, 40, 80, 80, 80],
  );
  assert.equal(exits[0]?.why, "exit 3");
  assert.ok(one.restarts() >= 4);
});

test("a program that is not there is reported by name and tried again", async (t) => {
  const { one, exits } = shell(t, "", { launch: () => ({ command: "/no/such/program", args: [], env, cwd: "/" }) });
  await one.start();
  await until("it was tried twice", () => exits.length >= 2);
  await one.stop();
  assert.equal(exits[0]?.why, "the program is not there");
});

test("kill holds it down until it is started again", async (t) => {
  const { one, exits } = shell(t, "sleep 60");
  await one.start();
  const first = one.pid();
  await one.kill();
  assert.deepEqual(exits, [{ why: "ended by SIGKILL", restartInMs: null }]);
  assert.equal(one.pid(), null);
  await one.start();
  assert.notEqual(one.pid(), first);
});

test("freeze stops every process of the tree, thaw lets it go on, and a frozen one can be stopped", async (t) => {
  const { one, mark } = shell(t, "sleep 60 & sleep 60; exit 0");
  const states = () => findMarked(mark).map((pid) => readProcess(pid)?.state);
  await one.start();
  await until("all three are there", () => states().length === 3);
  one.freeze();
  await until("all are stopped", () => states().every((s) => s === "T"));
  one.thaw();
  await until("none is stopped", () => states().every((s) => s !== "T"));
  one.freeze();
  await one.stop();
  assert.deepEqual(findMarked(mark), []);
});

test("the first line of standard output is the announcement; standard input is handed over", async (t) => {
  const lines: string[] = [];
  const { one } = shell(t, "", {
    launch: () => ({
      command: "/bin/sh",
      args: ["-c", "cat; echo more; sleep 60"],
      env,
      cwd: "/",
      input: "said\n",
      announces: true,
    }),
    onAnnounced: (line) => lines.push(line),
  });
  await one.start();
  await until("it announced", () => lines.length > 0);
  assert.deepEqual(lines, ["said"]);
});

test("after a SIGKILL of the supervisor its orphans are found and killed, and nobody else", async (t) => {
  const folder = testFolder(t);
  const mark = `test-${process.pid}-orphans`;
  const program = fileURLToPath(new URL("../testing/abandoned-supervisor.ts", import.meta.url));
  const supervisor = spawn(process.execPath, [program, folder, mark], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => void killMarked(testHost, mark));
  await new Promise((resolve) => supervisor.stdout.once("data", resolve));
  const bystander = spawn("sleep", ["60"], { detached: true });
  t.after(() => bystander.kill("SIGKILL"));
  // A record whose pid now belongs to someone else.
  recordProcess(join(folder, "processes"), "recycled", bystander.pid!);
  const path = join(folder, "processes/recycled.json");
  const record = JSON.parse(readFileSync(path, "utf8")) as { startTime: number };
  writeFileSync(path, JSON.stringify({ ...record, startTime: record.startTime - 1 }));

  supervisor.kill("SIGKILL");
  await new Promise((resolve) => supervisor.once("close", resolve));
  assert.ok(findMarked(mark).length >= 3, "the orphans run on");
  const size = statSync(join(folder, "logs/talker.log")).size;
  await until("they still write their logs", () => statSync(join(folder, "logs/talker.log")).size > size);

  assert.deepEqual([...killOrphans(testHost, join(folder, "processes"))].sort(), ["sleeper", "talker"]);
  killMarked(testHost, mark);
  await until("all are gone", () => findMarked(mark).length === 0);
  assert.ok(readProcess(bystander.pid!) !== undefined);
  assert.deepEqual(readdirSync(join(folder, "processes")), []);
});

test("a log is rotated at its limit, three files at most, and the writer goes on", (t) => {
  const folder = testFolder(t);
  const path = join(folder, "x.log");
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < 4; i++) {
    writeFileSync(path, `${i}`.repeat(200));
    assert.equal(rotateLog(path, 100), true);
    assert.equal(statSync(path).size, 0);
  }
  assert.equal(readFileSync(`${path}.1`, "utf8")[0], "3");
  assert.equal(readFileSync(`${path}.2`, "utf8")[0], "2");
  assert.equal(existsSync(`${path}.3`), false);
  assert.equal(rotateLog(path), false);
  assert.equal(LOG_LIMIT_BYTES, 10_485_760);
});

test("a process's name may hold blanks and parentheses", () => {
  const fields = Array.from({ length: 30 }, (_, i) => i + 4).join(" ");
  assert.deepEqual(parseStat(`12 (a) b (c)) S ${fields}`), {
    pid: 12,
    command: "a) b (c)",
    state: "S",
    parent: 4,
    group: 5,
    startTime: 22,
  });
  assert.equal(parseStat("nonsense"), undefined);
});

test("what runs once says how it ended and where its log is", async (t) => {
  const folder = testFolder(t);
  const how = {
    host: testHost,
    name: "migrate",
    logPath: join(folder, "m.log"),
    recordFolder: folder,
    mark: `once-${process.pid}`,
    limitMs: 5000,
  };
  const what = (script: string) => ({ command: "/bin/sh", args: ["-c", script], env, cwd: folder });
  await runOnce(what("exit 0"), how);
  await assert.rejects(runOnce(what("echo no; exit 4"), how), {
    code: "unavailable",
    message: "migrate did not succeed (exit 4)",
    hint: `look into ${how.logPath}`,
  });
  await assert.rejects(runOnce(what("sleep 60"), { ...how, limitMs: 100 }), { code: "timeout" });
  await assert.rejects(runOnce(what("sleep 60"), { ...how, signal: AbortSignal.timeout(50) }), { code: "canceled" });
  assert.deepEqual(findMarked(how.mark), []);
});
