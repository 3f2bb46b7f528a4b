import type { StoredObject } from "../../core/types.ts";
import { header, type S3Call } from "./call.ts";
import { S3Error } from "./errors.ts";

/** The ETag without its quotes: the MD5 of the bytes, or what a multipart upload was given. */
export function etagOf(object: StoredObject): string {
  return object.extra["etag"] ?? Buffer.from(object.md5).toString("hex");
}

export function quotedEtag(object: StoredObject): string {
  return `"${etagOf(object)}"`;
}

export function unquote(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");
}

function matches(list: string, object: StoredObject): boolean {
  return list.split(",").some((each) => each.trim() === "*" || unquote(each) === etagOf(object));
}

const toSecond = (ms: number) => Math.floor(ms / 1000) * 1000;

interface ReadConditions {
  readonly match: string | undefined;
  readonly noneMatch: string | undefined;
  readonly modifiedSince: string | undefined;
  readonly unmodifiedSince: string | undefined;
}

/** RFC 9110 section 13.2.2, as GetObject and HeadObject have it. */
export function judgeRead(call: S3Call, object: StoredObject): "send" | "not_modified" {
  return judge(
    {
      match: header(call, "if-match"),
      noneMatch: header(call, "if-none-match"),
      modifiedSince: header(call, "if-modified-since"),
      unmodifiedSince: header(call, "if-unmodified-since"),
    },
    object,
  );
}

/** The conditions on a copy's source: what a read answers with 304 is a failed precondition here. */
export function demandCopySource(call: S3Call, object: StoredObject): void {
  const name = "x-amz-copy-source-if";
  const verdict = judge(
    {
      match: header(call, `${name}-match`),
      noneMatch: header(call, `${name}-none-match`),
      modifiedSince: header(call, `${name}-modified-since`),
      unmodifiedSince: header(call, `${name}-unmodified-since`),
    },
    object,
  );
  if (verdict === "not_modified") throw failed(`${name}-none-match`);
}

function judge(given: ReadConditions, object: StoredObject): "send" | "not_modified" {
  const modified = toSecond(object.createdAt);
  if (given.match !== undefined) {
    if (!matches(given.match, object)) throw failed("If-Match");
  } else if (given.unmodifiedSince !== undefined && modified > Date.parse(given.unmodifiedSince)) {
    throw failed("If-Unmodified-Since");
  }
  if (given.noneMatch !== undefined) return matches(given.noneMatch, object) ? "not_modified" : "send";
  if (given.modifiedSince !== undefined && modified <= Date.parse(given.modifiedSince)) return "not_modified";
  return "send";
}

/**
 * The condition on a write: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * Judged inside the store's transaction; throws what S3 answers.
 */
export function writeCondition(call: S3Call): (now: StoredObject | undefined) => boolean {
  const noneMatch = header(call, "if-none-match");
  const match = header(call, "if-match");
  if (noneMatch !== undefined && noneMatch.trim() !== "*") {
    throw new S3Error("NotImplemented", undefined, { Header: "If-None-Match" });
  }
  return (now) => {
    if (noneMatch !== undefined && now !== undefined) throw failed("If-None-Match");
    demandMatch(match, now);
    return true;
  };
}

/** If-Match of a write or a delete: an object that is not there is NoSuchKey, another one is PreconditionFailed. */
export function demandMatch(match: string | undefined, now: StoredObject | undefined): void {
  if (match === undefined) return;
  if (now === undefined) throw new S3Error("NoSuchKey");
  if (!matches(match, now)) throw failed("If-Match");
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", undefined, { Condition: condition });
}
