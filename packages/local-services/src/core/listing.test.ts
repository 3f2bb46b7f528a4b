import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isLong } from "../../../../test/parts.ts";
import { openStore } from "./store.ts";
import type { ObjectListing } from "./types.ts";

interface Query {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What one endless page holds, by the plainest means. */
function model(keys: readonly string[], { prefix, delimiter }: Query): string[] {
  const found = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : `>${key.slice(0, at + delimiter.length)}`;
    });
  return [...new Set(found)].sort((a, b) => byBytes(a.replace(/^>/, ""), b.replace(/^>/, "")));
}

function pages(list: (after: string | undefined) => ObjectListing): ObjectListing[] {
  const all = [list(undefined)];
  while (all.at(-1)!.next !== undefined) {
    all.push(list(all.at(-1)!.next));
    assert.ok(all.length < 200, "pages end");
  }
  return all;
}

test("pages of every size, with prefix and delimiter, say what one page by a plain model says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "listing-"));
  const store = openStore(folder);
  const letters = fc.string({
    unit: fc.constantFrom("a", "b", "/", "é", "~", "\u{feff}", "\u{ffff}", "\u{1f600}"),
    maxLength: 5,
  });
  let world = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        letters.filter((key) => key !== ""),
        { maxLength: 25 },
      ),
      fc.record({
        prefix: fc.oneof(fc.constant(""), letters),
        delimiter: fc.constantFrom("", "/", "é", "a/"),
        limit: fc.integer({ min: 1, max: 6 }),
      }),
      async (keys, query) => {
        const bucket = `b${world++}`;
        store.objects.createBucket(bucket, 0);
        for (const key of keys) {
          const body = await store.objects.stage(empty(), { ephemeral: true });
          store.objects.commit(bucket, key, body, { contentType: "", headers: {}, metadata: {} });
        }
        const seen = pages((after) =>
          store.objects.list(bucket, { ...query, ...(after === undefined ? {} : { after }) }),
        );
        for (const page of seen) assert.ok(page.objects.length + page.prefixes.length <= query.limit);
        const items = seen.flatMap((page) =>
          [...page.objects.map((o) => o.key), ...page.prefixes.map((p) => `>${p}`)].sort((a, b) =>
            byBytes(a.replace(/^>/, ""), b.replace(/^>/, "")),
          ),
        );
        assert.deepEqual(items, model(keys, query));
      },
    ),
    { numRuns: isLong ? 3000 : 150 },
  );
  await store.close();
  rmSync(folder, { recursive: true });
});

async function* empty(): AsyncGenerator<Uint8Array> {}
