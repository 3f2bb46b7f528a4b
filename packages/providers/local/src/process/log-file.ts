import { copyFileSync, existsSync, mkdirSync, openSync, renameSync, statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";

export const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
/** The file that is written, and two older ones: x.log, x.log.1, x.log.2. */
export const LOG_FILES = 3;

/**
 * Opens a log for a child's stdout and stderr. The child holds the descriptor itself, so it goes on writing whatever happens to
 * us; appending makes rotation by truncation safe.
 */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, "a", 0o600);
}

/** Copies a log that has grown past the limit aside and empties it. A line written in between may be lost, never the log. */
export function rotateLog(path: string, limitBytes = LOG_LIMIT_BYTES): boolean {
  if (!existsSync(path) || statSync(path).size <= limitBytes) return false;
  for (let i = LOG_FILES - 1; i > 1; i--) {
    if (existsSync(`${path}.${i - 1}`)) renameSync(`${path}.${i - 1}`, `${path}.${i}`);
  }
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
  return true;
}
