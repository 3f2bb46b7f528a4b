import type { IncomingMessage, ServerResponse } from "node:http";
import type { Store } from "../../core/types.ts";
import type { Identity } from "../keys.ts";
import { toXml, type XmlFields } from "../xml.ts";
import type { ChunkSigning } from "./chunked.ts";
import { S3Error } from "./errors.ts";

export interface S3Context {
  readonly store: Store;
  readonly region: string;
  readonly rootKey: Uint8Array;
  readonly now: () => number;
}

/** One request whose signature held. */
export interface S3Call {
  readonly context: S3Context;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** "" at the service itself. */
  readonly bucket: string;
  /** "" at a bucket. */
  readonly key: string;
  readonly identity: Identity;
  /** The value of x-amz-content-sha256; of a presigned URL UNSIGNED-PAYLOAD. */
  readonly payload: string;
  readonly signing: ChunkSigning;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A header; of a presigned URL also the query parameter that stands for an x-amz header. */
export function header(call: S3Call, name: string): string | undefined {
  const value = call.request.headers[name];
  if (value !== undefined) return Array.isArray(value) ? value.join(",") : value;
  return name.startsWith("x-amz-") ? (call.query.get(name) ?? undefined) : undefined;
}

export function sendXml(call: S3Call, root: string, fields: XmlFields, status = 200): void {
  const body = toXml(root, fields, NAMESPACE);
  call.response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) });
  call.response.end(body);
}

export function sendEmpty(call: S3Call, status: number, headers: Readonly<Record<string, string>> = {}): void {
  call.response.writeHead(status, { ...headers, ...(status === 204 ? {} : { "content-length": "0" }) });
  call.response.end();
}

/** NoSuchBucket unless the call's bucket is there. */
export function demandBucket(call: S3Call, bucket = call.bucket): void {
  if (!call.context.store.objects.hasBucket(bucket)) {
    throw new S3Error("NoSuchBucket", undefined, { BucketName: bucket });
  }
}

/** A whole number from the query; InvalidArgument when it is none or out of bounds. */
export function wholeNumber(
  call: S3Call,
  name: string,
  bounds: { readonly otherwise: number; readonly min: number; readonly max: number },
): number {
  const text = call.query.get(name);
  if (text === null || text === "") return bounds.otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < bounds.min) {
    throw new S3Error("InvalidArgument", `Provided ${name} not an integer or within integer range`, {
      ArgumentName: name,
      ArgumentValue: text,
    });
  }
  return Math.min(value, bounds.max);
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function httpTime(ms: number): string {
  return new Date(ms).toUTCString();
}
