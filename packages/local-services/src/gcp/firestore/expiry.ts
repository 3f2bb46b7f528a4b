import type { RecordCore } from "../../core/types.ts";
import type { Commit } from "./commits.ts";
import type { Documents } from "./documents.ts";
import { getField, readFieldPath } from "./field-paths.ts";

const space = "firestore/expiry";
const everyMs = 60_000;
const batch = 200;

/**
 * Time-to-live policies: a document goes some time after the time in its field, as in the service, which promises no moment.
 * https://cloud.google.com/firestore/docs/ttl
 */
export function makeExpiry(records: RecordCore, documents: Documents, commit: Commit, now: () => number) {
  const sweep = () => {
    for (const { key: collection, value } of records.list(space, { limit: 1000 })) {
      const due = expired(documents, collection, Buffer.from(value).toString(), now());
      if (due.length > 0) commit(due.map((name) => ({ delete: name })));
    }
  };
  const timer = setInterval(sweep, everyMs);
  timer.unref();
  return {
    /** Kept, so that it holds after a restart too. */
    watch(collection: string, field: string): void {
      records.put(space, collection, field);
    },
    stop: () => clearInterval(timer),
    sweep,
  };
}

function expired(documents: Documents, collection: string, field: string, nowMs: number): readonly string[] {
  const path = readFieldPath(field);
  const names: string[] = [];
  for (const document of documents.scan(documents.live, collection)) {
    const value = getField(document.fields, path);
    if (value === undefined || !("timestampValue" in value)) continue;
    if (Number(value.timestampValue.seconds ?? 0) * 1000 + 999 < nowMs) names.push(document.name);
    if (names.length === batch) break;
  }
  return names;
}
