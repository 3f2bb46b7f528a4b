import { isDeepStrictEqual } from "node:util";
import { ApiFault } from "../faults.ts";
import type { Documents, Kept } from "./documents.ts";
import { getField, readFieldPath, withField } from "./field-paths.ts";
import { cleanFields, demandSize } from "./limits.ts";
import type { Fields, Precondition, Timestamp, Write, WriteResult } from "./messages.ts";
import { compareTimes } from "./order.ts";
import { type DocumentPath, readDocumentName } from "./paths.ts";
import { transformFields } from "./transforms.ts";

/** The document that a write is about. INVALID_ARGUMENT when it has no operation. */
export function targetOf(write: Write): DocumentPath {
  return readDocumentName(write.update?.name ?? write.delete ?? write.transform?.document);
}

/** Carries out one write on the live documents, inside the caller's transaction. `at` is the commit's time. */
export function applyWrite(documents: Documents, write: Write, at: Timestamp): WriteResult {
  const path = targetOf(write);
  const now = documents.get(documents.live, path);
  demandPrecondition(write.currentDocument, now, path);
  if (write.delete !== undefined) {
    if (now !== undefined) documents.remove(path);
    return {};
  }
  const transforms = write.transform?.fieldTransforms ?? write.updateTransforms ?? [];
  const base = write.transform === undefined ? updated(write, now) : (now?.fields ?? {});
  const { fields: transformed, results } = transformFields(base, transforms, at);
  const fields = cleanFields(transformed);
  const transformResults = results.length === 0 ? {} : { transformResults: results };
  // A write that changes nothing leaves the document's time as it is.
  if (now !== undefined && isDeepStrictEqual(fields, cleanFields(now.fields))) {
    return { updateTime: now.updateTime, ...transformResults };
  }
  demandSize(path, fields);
  documents.put(path, fields, now?.createTime ?? at, at);
  return { updateTime: at, ...transformResults };
}

/** Without a mask the document becomes what is sent; with one, only the named fields change, and those not sent go. */
function updated(write: Write, now: Kept | undefined): Fields {
  const sent = write.update?.fields ?? {};
  if (write.updateMask === undefined) return sent;
  let fields = now?.fields ?? {};
  for (const text of write.updateMask.fieldPaths ?? []) {
    const path = readFieldPath(text);
    fields = withField(fields, path, getField(sent, path));
  }
  return fields;
}

function demandPrecondition(wanted: Precondition | undefined, now: Kept | undefined, path: DocumentPath): void {
  if (wanted === undefined) return;
  const name = `${path.collection}/${path.id}`;
  if (wanted.exists === true && now === undefined) throw new ApiFault("NOT_FOUND", `No document to update: ${name}`);
  if (wanted.exists === false && now !== undefined) {
    throw new ApiFault("ALREADY_EXISTS", `Document already exists: ${now.name}`);
  }
  if (wanted.updateTime === undefined) return;
  if (now === undefined) throw new ApiFault("FAILED_PRECONDITION", `No document to update: ${name}`);
  if (compareTimes(now.updateTime, wanted.updateTime) !== 0) {
    throw new ApiFault("FAILED_PRECONDITION", "The stored version does not match the required base version.");
  }
}
