import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { isLong } from "../../../../test/parts.ts";
import { openStore } from "./store.ts";
import type { Store, StoredObject } from "./types.ts";

// Writes without end, objects small and large and records, replaces and removes some, and prints what was acknowledged.
const WRITER = `
  import { openStore } from ${JSON.stringify(new URL("./store.ts", import.meta.url).href)};
  import { createHash, randomBytes } from "node:crypto";
  const store = openStore(process.argv[1]);
  const meta = { contentType: "x", headers: {}, metadata: {} };
  store.objects.createBucket("b", 0);
  for (let i = 0; ; i++) {
    const bytes = randomBytes([10, 70_000, 300_000][i % 3]);
    const key = "k" + (i % 40);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const metadata = { sha256, i: String(i) };
    const ephemeral = i % 2 === 0;
    process.stdout.write(JSON.stringify({ start: key, i }) + "\\n");
    if (i % 7 === 6) {
      store.objects.remove("b", key);
      process.stdout.write(JSON.stringify({ done: key, i, gone: true }) + "\\n");
      continue;
    }
    const staged = await store.objects.stage([bytes], { ephemeral });
    store.records.transaction(() => {
      store.objects.commit("b", key, staged, { ...meta, metadata });
      store.records.put("r", key, sha256);
    });
    process.stdout.write(JSON.stringify({ done: key, i, sha256 }) + "\\n");
  }
`;

interface Line {
  readonly start?: string;
  readonly done?: string;
  readonly i: number;
  readonly gone?: boolean;
}

async function runAndKill(folder: string, lines: number): Promise<Line[]> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(JSON.parse(line) as Line);
    if (seen.length === lines) child.kill("SIGKILL");
  }
  return seen;
}

async function sha256Of(store: Store, object: StoredObject): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of store.objects.read(object)) hash.update(part);
  return hash.digest("hex");
}

test("what was acknowledged is there after SIGKILL, and nothing is half there", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "killed-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (let round = 0; round < (isLong ? 40 : 4); round++) {
    const lines = await runAndKill(folder, 20 + Math.floor(Math.random() * 150));
    const store = openStore(folder);
    const latest = new Map<string, { acknowledged?: Line; begun: number }>();
    for (const line of lines) {
      const key = (line.start ?? line.done)!;
      if (line.start !== undefined) latest.set(key, { ...latest.get(key), begun: line.i });
      else latest.set(key, { acknowledged: line, begun: line.i });
    }
    for (const [key, { acknowledged, begun }] of latest) {
      const object = store.objects.head("b", key);
      const isOpen = begun !== acknowledged?.i; // its last write had begun: done or not, both are right
      if (acknowledged !== undefined && !isOpen) {
        assert.equal(object?.metadata["i"], acknowledged.gone === true ? undefined : String(acknowledged.i), key);
      }
      if (object !== undefined) {
        assert.equal(await sha256Of(store, object), object.metadata["sha256"]);
        assert.equal(Buffer.from(store.records.get("r", key)!.value).toString(), object.metadata["sha256"]);
      }
    }
    const inFiles = store.objects.list("b", { limit: 1000 }).objects.filter((o) => o.size > 65_536).length;
    const staged = readdirSync(join(folder, "bodies")).length - inFiles;
    assert.ok(staged <= round + 1, "at most one staged body a kill is left in the folder");
    await store.close();
  }
});
