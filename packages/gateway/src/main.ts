/**
 * The gateway's process: a `GatewayStart` as one line of JSON on standard input, a `GatewayReady` (or an `ErrorReport`) as one line on
 * standard output. SIGTERM and SIGINT let requests finish; the exit status of a failed start is its error code's.
 */
import { randomFillSync } from "node:crypto";
import { codeOf, codes } from "@trimaran/contract";
import { parseStart } from "./config.ts";
import { parseJson, reportOf } from "./control.ts";
import { runGateway } from "./run.ts";

const world = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  random: () => Math.random(),
  fill: (bytes: Uint8Array) => void randomFillSync(bytes),
};

process.umask(0o077);
// A parent that is gone reads no more; that is no reason to stop serving.
process.stdout.on("error", () => {});

const say = (line: unknown) =>
  new Promise<void>((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, () => resolve()));

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const done = () => {
      process.stdin.off("data", onData).off("end", done);
      resolve(text.split("\n", 1)[0]!);
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) done();
    };
    process.stdin.on("data", onData).on("end", done);
  });
}

try {
  const start = parseStart(parseJson(await firstLine()));
  const running = await runGateway(start, process.pid, world);
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    void running.drain().then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGHUP", () => {});
  if (start.exitWithStdin) {
    process.stdin
      .on("end", () => process.exit(0))
      .on("error", () => process.exit(0))
      .resume();
  } else {
    process.stdin.destroy();
  }
  await say(running.ready);
} catch (e) {
  await say(reportOf(e));
  process.exit(codes[codeOf(e)].exit);
}
