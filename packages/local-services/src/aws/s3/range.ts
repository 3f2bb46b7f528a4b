import { S3Error } from "./errors.ts";

export interface ByteRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * A Range header over so many bytes; undefined means the whole (no range, several ranges, or nothing that is a byte range: S3
 * ignores those). InvalidRange when it lies past the end.
 */
export function parseRange(text: string | undefined, size: number): ByteRange | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? "");
  const [, first = "", last = ""] = found ?? [];
  if (found === null || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(text!, size);
    return { from: size - length, to: size };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return undefined;
  if (from >= size) throw unsatisfiable(text!, size);
  return { from, to: last === "" ? size : Math.min(Number(last) + 1, size) };
}

export function contentRange({ from, to }: ByteRange, size: number): string {
  return `bytes ${from}-${to - 1}/${size}`;
}

function unsatisfiable(text: string, size: number): S3Error {
  return new S3Error("InvalidRange", undefined, { RangeRequested: text, ActualObjectSize: String(size) });
}
