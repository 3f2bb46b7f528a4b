import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ControllerEvent, codes, TrimaranError } from "@trimaran/contract";
import { connectControl, isRunning } from "@trimaran/controller/client";
import type { Input } from "../command.ts";
import type { Io } from "../io.ts";
import { loadApp } from "../load-app.ts";
import { findPlace } from "../place.ts";
import { eventLine } from "../render/progress.ts";
import { renderStatus } from "../render/status.ts";

const POLL_MS = 100;

/** Starts `up` in the background and returns when the app is ready, or with the exit status of what went wrong. */
export async function upDetached(input: Input, io: Io): Promise<number> {
  const place = findPlace(input, io);
  loadApp(place, io); // a mistake in the spec is said here, not in a log
  if (isRunning(place.stateFolder)) {
    const { pid } = await connectControl(place.stateFolder).status();
    throw new TrimaranError("lease_held", `it is already run by process ${pid}`, {
      hint: "trimaran status     or     trimaran down",
    });
  }
  mkdirSync(place.stateFolder, { recursive: true, mode: 0o700 });
  const journal = join(place.stateFolder, "up.jsonl");
  const child = startBackground(input, io, place.file, journal);
  const ended = new Promise<number>((resolve) => child.once("exit", (status) => resolve(status ?? codes.unknown.exit)));
  const startedAt = io.now();
  let seen = 0;
  for (;;) {
    const status = await Promise.race([
      ended,
      sleep(POLL_MS, undefined, { signal: io.interrupted }).catch(() => undefined),
    ]);
    const events = readEvents(journal);
    for (const event of events.slice(seen)) {
      const line = input.flag("json") ? JSON.stringify(event) : eventLine(event, startedAt, io.hasColor);
      if (line !== undefined) io.out(`${line}\n`);
    }
    seen = events.length;
    if (status !== undefined) return status;
    if (io.interrupted.aborted) {
      child.kill("SIGTERM");
      return ended.then(() => codes.canceled.exit);
    }
    if (events.some((e) => e.type === "ready")) break;
  }
  child.unref();
  if (!input.flag("json")) {
    const report = await connectControl(place.stateFolder).status();
    io.out(
      `\n${renderStatus(report, { hasColor: io.hasColor, now: io.now() })}\nIt runs in the background: trimaran status --watch, trimaran logs, trimaran down.\n`,
    );
  }
  return 0;
}

function startBackground(input: Input, io: Io, file: string, journal: string) {
  const environment = input.text("env");
  const port = input.text("port");
  const args = ["up", "--json", "--file", file];
  if (environment !== undefined) args.push("--env", environment);
  if (port !== undefined) args.push("--port", port);
  const launcher = fileURLToPath(
    new URL(import.meta.url.endsWith(".ts") ? "../../bin/trimaran.js" : "../bin/trimaran.js", import.meta.url),
  );
  const output = openSync(journal, "w", 0o600);
  try {
    return spawn(process.execPath, [launcher, ...args], {
      cwd: io.cwd,
      detached: true,
      stdio: ["ignore", output, output],
    });
  } finally {
    closeSync(output);
  }
}

/** The whole lines of the journal; a line that is still being written is left for the next look. */
function readEvents(journal: string): readonly ControllerEvent[] {
  const text = readFileSync(journal, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ControllerEvent);
}
