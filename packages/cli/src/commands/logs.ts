import { createReadStream, existsSync, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { TrimaranError } from "@trimaran/contract";
import { nearest } from "@trimaran/spec/nearest";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";
import { findPlace } from "../place.ts";
import { paint } from "../render/paint.ts";

interface Log {
  readonly source: string; // "aws/aws-1"
  readonly path: string;
}
type Write = (log: Log, line: string) => void;
const DEFAULT_TAIL = 50;

export const run: Run = async (input, io) => {
  const folder = join(findPlace(input, io).stateFolder, "logs");
  const logs = select(listLogs(folder), input.positionals[0]);
  const wide = Math.max(0, ...logs.map((l) => l.source.length));
  const write: Write = input.flag("json")
    ? (log, line) => io.out(`${JSON.stringify({ source: log.source, line })}\n`)
    : (log, line) => io.out(`${paint(log.source.padEnd(wide), "cyan", io.hasColor)}  ${line}\n`);
  const tail = input.number("tail") ?? DEFAULT_TAIL;
  const ends = logs.map((log) => printTail(log, tail, write));
  if (input.flag("follow")) await Promise.all(logs.map((log, i) => follow(log, ends[i] ?? 0, write, io)));
  return 0;
};

function listLogs(folder: string): readonly Log[] {
  if (!existsSync(folder)) throw new TrimaranError("not_found", "there are no logs yet", { hint: "trimaran up" });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && f.name.endsWith(".log"))
    .map((f) => join(f.parentPath, f.name))
    .map((path) => ({ path, source: relative(folder, path).replaceAll(sep, "/").slice(0, -".log".length) }))
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}

function select(logs: readonly Log[], wanted: string | undefined): readonly Log[] {
  if (wanted === undefined) return logs;
  const found = logs.filter(
    (l) => l.source === wanted || l.source.startsWith(`${wanted}/`) || basename(l.source) === wanted,
  );
  if (found.length > 0) return found;
  const known = [...new Set(logs.flatMap((l) => [l.source, l.source.split("/")[0] ?? ""]))];
  const meant = nearest(wanted, known);
  throw new TrimaranError("not_found", "no log has this name", {
    hint: meant === undefined ? `one of: ${known.join(", ")}` : `trimaran logs ${meant}`,
  });
}

/** Prints the last lines and answers with the size in bytes that was read. */
function printTail(log: Log, tail: number, write: Write): number {
  const text = readFileSync(log.path);
  const lines = text.toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of tail === 0 ? [] : lines.slice(-tail)) write(log, line);
  return text.length;
}

/** Prints what is appended, until interrupted; a log that was rotated is read from its new beginning. */
async function follow(log: Log, from: number, write: Write, io: Io): Promise<void> {
  let position = from;
  const watcher = watch(log.path, { signal: io.interrupted });
  const changes = new ReadableStream<undefined>({
    start(stream) {
      watcher.on("change", () => stream.enqueue(undefined));
      watcher.on("error", () => undefined);
      watcher.on("close", () => stream.close());
    },
  });
  for await (const _ of changes) {
    const { size } = statSync(log.path);
    if (size < position) position = 0;
    if (size === position) continue;
    const stream = createReadStream(log.path, { start: position, end: size - 1 });
    position = size;
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) write(log, line);
  }
}
