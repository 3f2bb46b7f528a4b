import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { needs, needsPath } from "../../../../../test/parts.ts";
import { startForTest } from "../../testing/index.ts";
import { gcpEnvironment } from "../environment.ts";

const run = promisify(execFile);
const jar = "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar";
const part = needsPath("firestore-emulator", process.env["FIRESTORE_EMULATOR_JAR"] ?? jar);
const script = fileURLToPath(new URL("../testing/firestore-answers.ts", import.meta.url));

type Answers = readonly (readonly [question: string, answer: unknown])[];

async function answersOf(env: Record<string, string>): Promise<Answers> {
  const { stdout } = await run(process.execPath, [script], { env: { PATH: process.env["PATH"] ?? "", ...env } });
  return JSON.parse(stdout) as Answers;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Google's own emulator, which runs on Java. */
async function startEmulator(t: TestContext): Promise<string> {
  const host = `127.0.0.1:${await freePort()}`;
  const [name, port] = host.split(":");
  const path = process.env["FIRESTORE_EMULATOR_JAR"] ?? jar;
  const main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
  const args = ["-Duser.language=en", "-cp", path, main, "start", `--host=${name}`, `--port=${port}`];
  const child = spawn("java", args, { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk;
      if (said.includes("is now running")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => reject(new Error(`the emulator ended: ${said}`)));
  });
  return host;
}

test("answers as Google's emulator does", { skip: needs("java").skip || part.skip }, async (t) => {
  const cloud = await startForTest({ cloud: "gcp" });
  t.after(() => cloud.close());
  const firestore = cloud.announcement.endpoints["firestore"]!;
  const own = { ...gcpEnvironment(cloud.announcement, cloud.authorityFile), LOCAL_FIRESTORE: firestore };
  const host = await startEmulator(t);
  const emulator = { FIRESTORE_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: "trimaran-local" };
  const [ours, theirs] = await Promise.all([answersOf(own), answersOf(emulator)]);
  assert.ok(theirs.length > 100);
  assert.deepEqual(ours, theirs);
});
