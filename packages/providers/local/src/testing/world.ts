import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../process/host.ts";

export const testHost: Host = {
  pid: process.pid,
  uid: process.getuid?.() ?? 0,
  kill: (pid, signal) => void process.kill(pid, signal),
  now: () => Date.now(),
};

/** A folder of its own, removed at the end; its name has a blank, as a user's may. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "trimaran test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Asks again until it is so; throws after `limitMs`. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`not within ${limitMs} ms: ${what}`);
}
