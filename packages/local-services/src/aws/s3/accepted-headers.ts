import { ACCOUNT_ID } from "../account.ts";
import { header, type S3Call } from "./call.ts";
import { S3Error } from "./errors.ts";

/** Headers that we act on, or that ask for what is the case anyway. */
const UNDERSTOOD = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-user-agent",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
  "x-amz-trailer",
  "x-amz-decoded-content-length",
  "x-amz-copy-source",
  "x-amz-copy-source-range",
  "x-amz-copy-source-if-match",
  "x-amz-copy-source-if-none-match",
  "x-amz-copy-source-if-modified-since",
  "x-amz-copy-source-if-unmodified-since",
  "x-amz-metadata-directive",
  "x-amz-tagging",
  "x-amz-tagging-directive",
  "x-amz-object-attributes",
  "x-amz-max-parts",
  "x-amz-part-number-marker",
  "x-amz-mp-object-size",
  "x-amz-request-payer",
]);

/** Headers whose other values would change what happens, in ways that are not built. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  "x-amz-acl": ["private", "bucket-owner-full-control"],
  "x-amz-storage-class": ["STANDARD"],
  "x-amz-server-side-encryption": ["AES256"],
  "x-amz-object-ownership": ["BucketOwnerEnforced"],
  "x-amz-bucket-object-lock-enabled": ["false"],
  "x-amz-tagging-directive": ["COPY", "REPLACE"],
};

/** Refuses what a header asks for and we would not do: NotImplemented, with the header's name. */
export function checkHeaders(call: S3Call): void {
  const names = [...Object.keys(call.request.headers), ...[...call.query.keys()].map((name) => name.toLowerCase())];
  for (const name of names.filter((each) => each.startsWith("x-amz-"))) checkOne(call, name);
  const version = call.query.get("versionId");
  if (version !== null && version !== "null") throw new S3Error("NotImplemented", undefined, { Query: "versionId" });
}

function checkOne(call: S3Call, name: string): void {
  if (name.startsWith("x-amz-meta-") || name.startsWith("x-amz-checksum-")) return;
  if (name === "x-amz-expected-bucket-owner" || name === "x-amz-source-expected-bucket-owner") {
    if (header(call, name) !== ACCOUNT_ID) throw new S3Error("AccessDenied");
    return;
  }
  const only = ONLY[name];
  if (only === undefined ? UNDERSTOOD.has(name) || SIGNATURE.has(name) : only.includes(header(call, name) ?? ""))
    return;
  throw new S3Error("NotImplemented", undefined, { Header: name });
}

const SIGNATURE = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-signedheaders",
  "x-amz-signature",
  "x-amz-expires",
]);
