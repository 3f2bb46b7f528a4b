/**
 * Time until three clouds are healthy, cold and warm, and memory; beside the emulators that one would start by hand instead
 * (moto, Azurite, Google's Firestore emulator and one PostgreSQL per cloud), all at once, until each answers.
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startPeer } from "./support/emulators.ts";
import { markdownTable, median, pssMiB } from "./support/measure.ts";
import { startUp } from "./support/up.ts";

const RUNS = 3;
const root = resolve(import.meta.dirname, "..");
const cold: number[] = [];
const warm: number[] = [];
const memory: number[] = [];
const peerCold: number[] = [];
const peerMemory: number[] = [];

for (let i = 0; i < RUNS; i++) {
  const folder = mkdtempSync(join(tmpdir(), "trimaran-bench-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const app = join(folder, "medassistant");
    cpSync(join(root, "examples/medassistant"), app, {
      recursive: true,
      filter: (path) => !/\/(\.trimaran|node_modules)$/.test(path),
    });
    const first = await startUp(app);
    cold.push(first.ms);
    memory.push(pssMiB(first.pid, { withRoot: true, without: first.instances }));
    await first.stop();
    const second = await startUp(app);
    warm.push(second.ms);
    await second.stop();
    const peer = await startPeer();
    if (peer !== undefined) {
      peerCold.push(peer.ms);
      peerMemory.push(pssMiB(process.pid, { withRoot: false }));
      await peer.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const ratio = (ours: readonly number[], peer: readonly number[]) =>
  peer.length === 0 ? "-" : (median(ours) / median(peer)).toFixed(2);
const cell = (values: readonly number[], digits: number) =>
  values.length === 0 ? "not installed" : median(values).toFixed(digits);
process.stdout.write(
  markdownTable(
    ["", "trimaran up", "emulators by hand", "ratio"],
    [
      [
        "from empty to healthy, s",
        cell(
          cold.map((ms) => ms / 1000),
          1,
        ),
        cell(
          peerCold.map((ms) => ms / 1000),
          1,
        ),
        ratio(cold, peerCold),
      ],
      [
        "again, data kept, s",
        cell(
          warm.map((ms) => ms / 1000),
          1,
        ),
        "",
        "",
      ],
      ["memory (PSS) without the app, MiB", cell(memory, 0), cell(peerMemory, 0), ratio(memory, peerMemory)],
    ],
  ),
);
process.stdout.write(
  `\nMedians of ${RUNS} runs. \`up\` includes the release, the migration, three app instances and the gateway; the emulators run no app.\n`,
);
