import type { StoredObject } from "../../core/types.ts";
import type { AzureFailure } from "../wire/failure.ts";
import { blobFailure, invalidHeader } from "./errors.ts";
import { etagOf } from "./properties.ts";

/**
 * Conditional headers of the Blob service.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** ms since 1970, whole seconds. */
  readonly ifModifiedSince?: number | undefined;
  readonly ifUnmodifiedSince?: number | undefined;
}

/** The thing that conditions are judged against: a blob, or a container by its ETag and time. */
export interface Judged {
  readonly etag: string;
  readonly modifiedAt: number;
}

export const judged = (object: StoredObject | undefined): Judged | undefined =>
  object === undefined ? undefined : { etag: etagOf(object), modifiedAt: object.modifiedAt };

/** Reads them; `prefix` is "x-ms-source-" for those on the source of a copy. Throws `AzureFailure` InvalidHeaderValue. */
export function conditionsOf(header: (name: string) => string | undefined, prefix = ""): Conditions {
  const date = (name: string) => {
    const value = header(prefix + name);
    if (value === undefined) return undefined;
    const at = Date.parse(value);
    if (Number.isNaN(at)) throw invalidHeader(prefix + name, value);
    return at;
  };
  return {
    ifMatch: header(`${prefix}if-match`),
    ifNoneMatch: header(`${prefix}if-none-match`),
    ifModifiedSince: date("if-modified-since"),
    ifUnmodifiedSince: date("if-unmodified-since"),
  };
}

const sameTag = (wanted: string, etag: string): boolean => wanted === "*" || bare(wanted) === bare(etag);
const bare = (tag: string): string => tag.trim().replace(/^"(.*)"$/, "$1");
const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** What a read of an existing resource answers instead, if anything: 304 or 412. */
export function readRefusal(c: Conditions, now: Judged): AzureFailure | undefined {
  const at = seconds(now.modifiedAt);
  if (c.ifNoneMatch === "*") return blobFailure("UnsatisfiableCondition");
  if (c.ifMatch !== undefined && !sameTag(c.ifMatch, now.etag)) return blobFailure("ConditionNotMet");
  if (c.ifUnmodifiedSince !== undefined && at > c.ifUnmodifiedSince) return blobFailure("ConditionNotMet");
  const noneMatch = c.ifNoneMatch === undefined ? undefined : !sameTag(c.ifNoneMatch, now.etag);
  const modified = c.ifModifiedSince === undefined ? undefined : at > c.ifModifiedSince;
  const notModified = (noneMatch === false && modified !== true) || (modified === false && noneMatch !== true);
  return notModified ? blobFailure("NotModified", { headers: { etag: now.etag } }) : undefined;
}

/**
 * What a write answers instead, if anything. `creates`: If-None-Match: * means that nothing may be there, and answers
 * BlobAlreadyExists; calls that only change what is there take no notice of it, as the real service does.
 */
export function writeRefusal(c: Conditions, now: Judged | undefined, creates: boolean): AzureFailure | undefined {
  checkCombination(c);
  if (c.ifNoneMatch === "*") return creates && now !== undefined ? blobFailure("BlobAlreadyExists") : undefined;
  const met = now === undefined ? c.ifMatch === undefined : holds(c, now);
  return met ? undefined : blobFailure("ConditionNotMet");
}

function holds(c: Conditions, now: Judged): boolean {
  const at = seconds(now.modifiedAt);
  if (c.ifNoneMatch !== undefined) return !sameTag(c.ifNoneMatch, now.etag);
  if (c.ifMatch !== undefined) return sameTag(c.ifMatch, now.etag);
  if (c.ifModifiedSince !== undefined) return at > c.ifModifiedSince;
  return c.ifUnmodifiedSince === undefined || at <= c.ifUnmodifiedSince;
}

/** Two are only taken together as If-None-Match with If-Modified-Since, or If-Match with If-Unmodified-Since. */
function checkCombination(c: Conditions): void {
  const count = Object.values(c).filter((value) => value !== undefined).length;
  const ofNone = [c.ifNoneMatch, c.ifModifiedSince].filter((value) => value !== undefined).length;
  const several = [c.ifMatch, c.ifNoneMatch].some((tag) => tag?.includes(",") === true);
  if (count > 2 || (count === 2 && ofNone === 1) || several) throw blobFailure("MultipleConditionHeadersNotSupported");
}
