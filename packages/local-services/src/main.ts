#!/usr/bin/env node
/**
 * The process of one local cloud. Started without arguments it takes a `LocalCloudConfig` as one line of JSON on standard input and
 * answers with a `LocalCloudAnnouncement` (or an `ErrorReport`) as one line on standard output; with arguments it stands alone.
 * SIGTERM and SIGINT let requests finish. The exit status of a failed start is its error code's.
 */
import { randomBytes } from "node:crypto";
import { codeOf, codes, type ErrorReport, isTrimaranError } from "@trimaran/contract";

// Older Nodes warn that their SQLite is experimental: it is what this program is built on.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (...args: unknown[]) => {
  if (String(args[0]).startsWith("SQLite is an experimental feature")) return;
  Reflect.apply(emitWarning, process, args);
};
process.umask(0o077);
// A parent that is gone reads no more; that is no reason to stop serving.
process.stdout.on("error", () => {});

const say = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const done = () => {
      process.stdin.off("data", onData).off("end", done);
      process.stdin.destroy();
      resolve(text.split("\n", 1)[0]!);
    };
    const onData = (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) done();
    };
    process.stdin.setEncoding("utf8").on("data", onData).on("end", done);
  });
}

function reportOf(e: unknown): ErrorReport {
  if (!isTrimaranError(e)) return { error: { code: "internal", message: String(e) } };
  return { error: { code: e.code, message: e.message, ...(e.hint === undefined ? {} : { hint: e.hint }) } };
}

async function run(args: readonly string[]): Promise<void> {
  const { loadCloud } = await import("./clouds.ts");
  const { serveLocalCloud } = await import("./serve.ts");
  const now = () => Date.now();
  const standalone =
    args.length === 0
      ? undefined
      : await (await import("./standalone.ts")).prepareStandalone(args, { now, randomBytes });
  const config = standalone?.config ?? (await import("./serve-config.ts")).parseConfig(await firstLine());
  const { makeLocalCloud } = await loadCloud(config.cloud);
  const served = await serveLocalCloud(config, makeLocalCloud, { now, pid: process.pid });
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    void served.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGHUP", () => {});
  if (standalone === undefined || standalone.isJson) await say(`${JSON.stringify(served.announcement)}\n`);
  else await say((await import("./standalone.ts")).instructions(standalone, served.announcement));
}

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  await say((await import("./standalone.ts")).USAGE);
} else {
  await run(args).catch(async (e: unknown) => {
    const report = reportOf(e);
    if (args.length === 0) await say(`${JSON.stringify(report)}\n`);
    else
      process.stderr.write(
        `trimaran-local-services: ${report.error.message}${report.error.hint === undefined ? "" : `\n  ${report.error.hint}`}\n`,
      );
    process.exit(codes[codeOf(e)].exit);
  });
}
