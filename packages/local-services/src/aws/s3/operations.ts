import type { S3Call } from "./call.ts";
import * as buckets from "./operations/buckets.ts";
import { listObjects, listObjectsV2 } from "./operations/list.ts";
import { listMultipartUploads } from "./operations/list-uploads.ts";
import * as multipart from "./operations/multipart.ts";
import { getObject, getObjectAttributes } from "./operations/read.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/tagging.ts";
import { copyObject, deleteObject, deleteObjects, putObject } from "./operations/write.ts";

export interface Operation {
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly target: "service" | "bucket" | "object";
  /** Query parameters and headers that make a request this operation and not a plainer one. */
  readonly needs?: readonly string[];
  readonly needsHeader?: string;
  /** Further query parameters that it understands; any other one is not implemented. */
  readonly allows?: readonly string[];
  readonly run: (call: S3Call) => Promise<void> | void;
}

const LISTING = ["prefix", "delimiter", "encoding-type"];
const READING = [
  ...["content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding"].map(
    (name) => `response-${name}`,
  ),
  "partNumber",
];

/** The most particular of a method first. */
export const operations: readonly Operation[] = [
  {
    name: "ListBuckets",
    method: "GET",
    target: "service",
    allows: ["prefix", "max-buckets", "continuation-token"],
    run: buckets.listBuckets,
  },

  { name: "GetBucketLocation", method: "GET", target: "bucket", needs: ["location"], run: buckets.getBucketLocation },
  {
    name: "GetBucketVersioning",
    method: "GET",
    target: "bucket",
    needs: ["versioning"],
    run: buckets.getBucketVersioning,
  },
  {
    name: "ListMultipartUploads",
    method: "GET",
    target: "bucket",
    needs: ["uploads"],
    allows: [...LISTING, "key-marker", "upload-id-marker", "max-uploads"],
    run: listMultipartUploads,
  },
  {
    name: "ListObjectsV2",
    method: "GET",
    target: "bucket",
    needs: ["list-type"],
    allows: [...LISTING, "start-after", "continuation-token", "max-keys", "fetch-owner"],
    run: listObjectsV2,
  },
  {
    name: "ListObjects",
    method: "GET",
    target: "bucket",
    allows: [...LISTING, "marker", "max-keys"],
    run: listObjects,
  },
  { name: "HeadBucket", method: "HEAD", target: "bucket", run: buckets.headBucket },
  { name: "CreateBucket", method: "PUT", target: "bucket", run: buckets.createBucket },
  { name: "DeleteObjects", method: "POST", target: "bucket", needs: ["delete"], run: deleteObjects },
  { name: "DeleteBucket", method: "DELETE", target: "bucket", run: buckets.deleteBucket },

  { name: "GetObjectAttributes", method: "GET", target: "object", needs: ["attributes"], run: getObjectAttributes },
  { name: "GetObjectTagging", method: "GET", target: "object", needs: ["tagging"], run: getObjectTagging },
  {
    name: "ListParts",
    method: "GET",
    target: "object",
    needs: ["uploadId"],
    allows: ["max-parts", "part-number-marker"],
    run: multipart.listPartsOf,
  },
  { name: "GetObject", method: "GET", target: "object", allows: READING, run: getObject },
  { name: "HeadObject", method: "HEAD", target: "object", allows: READING, run: getObject },
  {
    name: "UploadPartCopy",
    method: "PUT",
    target: "object",
    needs: ["partNumber", "uploadId"],
    needsHeader: "x-amz-copy-source",
    run: multipart.uploadPartCopy,
  },
  { name: "UploadPart", method: "PUT", target: "object", needs: ["partNumber", "uploadId"], run: multipart.uploadPart },
  { name: "PutObjectTagging", method: "PUT", target: "object", needs: ["tagging"], run: putObjectTagging },
  { name: "CopyObject", method: "PUT", target: "object", needsHeader: "x-amz-copy-source", run: copyObject },
  { name: "PutObject", method: "PUT", target: "object", run: putObject },
  {
    name: "CreateMultipartUpload",
    method: "POST",
    target: "object",
    needs: ["uploads"],
    run: multipart.createMultipartUpload,
  },
  {
    name: "CompleteMultipartUpload",
    method: "POST",
    target: "object",
    needs: ["uploadId"],
    run: multipart.completeMultipartUpload,
  },
  {
    name: "AbortMultipartUpload",
    method: "DELETE",
    target: "object",
    needs: ["uploadId"],
    run: multipart.abortMultipartUpload,
  },
  { name: "DeleteObjectTagging", method: "DELETE", target: "object", needs: ["tagging"], run: deleteObjectTagging },
  { name: "DeleteObject", method: "DELETE", target: "object", run: deleteObject },
];

/** On every request: the SDK's own mark, and a version that means "the only one". */
const ALWAYS = ["x-id", "versionId"];

/** The operation that a request is; undefined when it is none that we answer. */
export function findOperation(
  method: string,
  target: Operation["target"],
  query: URLSearchParams,
  hasHeader: (name: string) => boolean,
): Operation | undefined {
  const names = [...query.keys()].filter((name) => !name.toLowerCase().startsWith("x-amz-") && !ALWAYS.includes(name));
  return operations.find((each) => {
    if (each.method !== method || each.target !== target) return false;
    const needs = each.needs ?? [];
    if (!needs.every((name) => query.has(name))) return false;
    if (each.needsHeader !== undefined && !hasHeader(each.needsHeader)) return false;
    return names.every((name) => needs.includes(name) || each.allows?.includes(name) === true);
  });
}
