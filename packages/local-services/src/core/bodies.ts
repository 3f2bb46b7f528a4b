import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, unlink, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { readFileRange } from "./file-range.ts";
import { makeSink, makeSums } from "./intake.ts";
import type { Transactions } from "./transactions.ts";
import { BodyTooLarge, type StagedBody, type StageOptions } from "./types.ts";

interface BodyRow {
  readonly id: string;
  readonly size: number;
  readonly md5: Uint8Array;
  readonly crc32c: Uint8Array;
  /** Present: the body lives in the row; absent: in the file of its id. */
  readonly bytes: Uint8Array | null;
}

/** Bytes of objects and of staged bodies; which of them belongs to an object is the caller's. */
export interface Bodies {
  stage(body: AsyncIterable<Uint8Array>, options?: StageOptions): Promise<StagedBody>;
  join(parts: readonly StagedBody[], options?: StageOptions): Promise<StagedBody>;
  clone(id: string, options?: StageOptions): StagedBody;
  staged(id: string): StagedBody | undefined;
  discard(ids: readonly string[]): void;
  keep(id: string): void;
  /** Inside the caller's transaction: from now on the body belongs to an object. */
  adopt(id: string): void;
  /** Inside the caller's transaction: removes the body; readers that have it open read on. */
  drop(id: string): void;
  read(id: string, from: number, to: number): AsyncIterable<Uint8Array>;
}

export function makeBodies(
  db: DatabaseSync,
  transactions: Transactions,
  folder: string,
  { crc32c: withCrc32c, newId }: { readonly crc32c: boolean; readonly newId: () => string },
): Bodies {
  db.exec(`CREATE TABLE IF NOT EXISTS body (
    id TEXT PRIMARY KEY, size INTEGER NOT NULL, md5 BLOB NOT NULL, crc32c BLOB NOT NULL,
    staged INTEGER NOT NULL, bytes BLOB) WITHOUT ROWID`);
  const insert = db.prepare("INSERT INTO body (id, size, md5, crc32c, staged, bytes) VALUES (?, ?, ?, ?, ?, ?)");
  const select = db.prepare("SELECT id, size, md5, crc32c, bytes FROM body WHERE id = ?");
  const selectStaged = db.prepare("SELECT id, size, md5, crc32c FROM body WHERE id = ? AND staged = 1");
  const markAdopted = db.prepare("UPDATE body SET staged = 0 WHERE id = ? AND staged = 1");
  const remove = db.prepare("DELETE FROM body WHERE id = ? RETURNING bytes IS NULL AS isFile");

  /** Ephemeral bodies: known only to this process until an object adopts them. */
  const ephemeral = new Map<string, BodyRow>();
  /** Files that a reader holds open or is about to open, and those that go when the last reader has closed. */
  const holds = new Map<string, number>();
  const doomed = new Set<string>();

  const files = join(folder, "bodies");
  const incoming = join(folder, "incoming");
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  mkdirSync(incoming, { recursive: true });
  sweep();

  /** A file without a row was never acknowledged, or its row is gone already. */
  function sweep(): void {
    const known = new Set(
      db
        .prepare("SELECT id FROM body WHERE bytes IS NULL")
        .all()
        .map((row) => String(row["id"])),
    );
    for (const name of readdirSync(files)) if (!known.has(name)) unlinkSync(join(files, name));
  }

  const pathOf = (id: string) => join(files, id);
  const find = (id: string): BodyRow | undefined =>
    ephemeral.get(id) ?? (select.get(id) as unknown as BodyRow | undefined);
  const describe = ({ id, size, md5, crc32c }: BodyRow): StagedBody => ({ id, size, md5, crc32c });

  function take(row: BodyRow, options: StageOptions): StagedBody {
    if (options.ephemeral === true) ephemeral.set(row.id, row);
    else insert.run(row.id, row.size, row.md5, row.crc32c, 1, row.bytes);
    return describe(row);
  }

  function record(row: BodyRow, isStaged: boolean): void {
    insert.run(row.id, row.size, row.md5, row.crc32c, isStaged ? 1 : 0, row.bytes);
    transactions.afterCommit(() => ephemeral.delete(row.id));
  }

  function removeFile(id: string): void {
    if (holds.has(id)) doomed.add(id);
    // Should the removal fail, the next start sweeps the file.
    else unlink(pathOf(id), () => {});
  }

  function release(id: string): void {
    const left = (holds.get(id) ?? 1) - 1;
    if (left > 0) {
      holds.set(id, left);
      return;
    }
    holds.delete(id);
    if (doomed.delete(id)) removeFile(id);
  }

  async function* bytesOf(parts: readonly StagedBody[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield* bodies.read(part.id, 0, part.size);
  }

  const bodies: Bodies = {
    async stage(body, options = {}) {
      const id = newId();
      const sums = makeSums(withCrc32c);
      const sink = makeSink(join(incoming, id));
      try {
        for await (const chunk of body) {
          sums.add(chunk);
          if (options.maxBytes !== undefined && sums.size() > options.maxBytes) {
            throw new BodyTooLarge(`more than ${options.maxBytes} bytes`);
          }
          await sink.write(chunk);
        }
        const bytes = await sink.end();
        if (bytes === undefined) renameSync(join(incoming, id), pathOf(id));
        return take({ id, ...sums.end(), bytes: bytes ?? null }, options);
      } catch (e) {
        await sink.abort();
        throw e;
      }
    },
    async join(parts, options = {}) {
      const [only] = parts;
      if (only !== undefined && parts.length === 1) return bodies.clone(only.id, options);
      return bodies.stage(bytesOf(parts), options);
    },
    clone(id, options = {}) {
      const row = find(id);
      if (row === undefined) throw new Error("the body to clone is gone");
      const copy = { ...row, id: newId() };
      if (row.bytes === null) linkOrCopy(pathOf(id), pathOf(copy.id));
      return take(copy, options);
    },
    staged: (id) => selectStaged.get(id) as unknown as StagedBody | undefined,
    discard(ids) {
      transactions.run(() => {
        for (const id of ids) bodies.drop(id);
      });
    },
    keep(id) {
      const row = ephemeral.get(id);
      if (row === undefined) throw new Error("the body to keep is not ephemeral");
      record(row, true);
    },
    adopt(id) {
      const row = ephemeral.get(id);
      if (row !== undefined) record(row, false);
      else if (markAdopted.run(id).changes !== 1) throw new Error("the body is not staged: was it committed already?");
    },
    drop(id) {
      const row = ephemeral.get(id);
      const isFile = row === undefined ? remove.get(id)?.["isFile"] === 1 : row.bytes === null;
      transactions.afterCommit(() => {
        ephemeral.delete(id);
        if (isFile) removeFile(id);
      });
    },
    read(id, from, to) {
      const row = find(id);
      if (row === undefined) throw new Error("the body to read is gone");
      if (row.bytes !== null) return once(row.bytes.subarray(from, to));
      holds.set(id, (holds.get(id) ?? 0) + 1);
      return readFileRange(pathOf(id), from, Math.min(to, row.size), () => release(id));
    },
  };
  return bodies;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (_e) {
    // Some file systems have no hard links.
    copyFileSync(from, to);
  }
}
