import type { IncomingMessage } from "node:http";

/** What the gateway reads off a request's head while it builds the upstream's. One is reused for all requests: read it at once. */
export interface RequestHead {
  /** Names and values in turn, as they go upstream. */
  fields: string[];
  host: string | undefined;
  /** -1: none. */
  contentLength: number;
  isChunked: boolean;
  cookie: string | undefined;
  upgrade: string | undefined;
  /** Two Host fields, or one that cannot be: RFC 9112, 3.2. */
  isBad: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

export interface Hop {
  readonly remoteAddress: string;
  readonly proto: "http" | "https";
  /** A version 4 of https://www.w3.org/TR/trace-context/ for a request that has none. */
  newTrace(): string;
}

/**
 * The fields for the upstream: hop-by-hop ones and those that Connection names are left out (RFC 9110, 7.6.1),
 * x-forwarded-for is continued, x-forwarded-proto and x-forwarded-host say what this gateway saw, traceparent is kept or made.
 */
export function readRequestHead(raw: readonly string[], hop: Hop, into: RequestHead): void {
  const fields: string[] = [];
  let nominated: string | undefined;
  let forwardedFor: string | undefined;
  let hasTrace = false;
  into.host = into.cookie = into.upgrade = undefined;
  into.contentLength = -1;
  into.isChunked = into.isBad = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = raw[i + 1]!;
    switch (name) {
      case "host":
        if (into.host !== undefined || /[\s/@\\]/.test(value)) into.isBad = true;
        into.host = value;
        continue;
      case "connection":
        if (!/^(?:keep-alive|close)$/i.test(value))
          nominated = nominated === undefined ? value : `${nominated},${value}`;
        continue;
      case "keep-alive":
      case "proxy-connection":
      case "proxy-authorization":
      case "te":
      case "trailer":
      case "expect":
      case "x-forwarded-proto":
      case "x-forwarded-host":
        continue;
      case "upgrade":
        into.upgrade = value;
        continue;
      case "transfer-encoding":
        into.isChunked = true;
        continue;
      case "content-length":
        into.contentLength = Number(value);
        continue;
      case "x-forwarded-for":
        forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`;
        continue;
      case "traceparent":
        if (hasTrace || !TRACEPARENT.test(value)) continue;
        hasTrace = true;
        break;
      case "cookie":
        into.cookie = into.cookie === undefined ? value : `${into.cookie}; ${value}`;
        break;
    }
    fields.push(name, value);
  }
  into.fields = nominated === undefined ? fields : without(fields, nominated);
  if (into.contentLength >= 0) into.fields.push("content-length", String(into.contentLength));
  into.fields.push(
    "x-forwarded-for",
    forwardedFor === undefined ? hop.remoteAddress : `${forwardedFor}, ${hop.remoteAddress}`,
    "x-forwarded-proto",
    hop.proto,
  );
  if (into.host !== undefined) into.fields.push("x-forwarded-host", into.host);
  if (!hasTrace) into.fields.push("traceparent", hop.newTrace());
}

function without(fields: readonly string[], nominated: string): string[] {
  const names = new Set(nominated.split(",").map((name) => name.trim().toLowerCase()));
  return fields.filter((_, i) => !names.has(fields[i & ~1]!));
}

/** The fields of an answer for the client: the upstream's without hop-by-hop ones and without those that the gateway sets itself. */
export function responseFields(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const fields: string[] = [];
  let nominated: string | undefined;
  for (const name in headers) {
    const value = headers[name]!;
    switch (name) {
      case "connection":
        nominated = String(value);
        continue;
      case "keep-alive":
      case "proxy-connection":
      case "proxy-authenticate":
      case "te":
      case "trailer":
      case "transfer-encoding":
      case "upgrade":
      case "x-trimaran-site":
      case "x-trimaran-revision":
      case "x-trimaran-error":
        continue;
    }
    if (typeof value === "string") fields.push(name, value);
    else for (const one of value) fields.push(name, one);
  }
  return nominated === undefined || /^(?:keep-alive|close)$/i.test(nominated) ? fields : without(fields, nominated);
}

/** Makes traceparent values out of a pool of random bytes, since asking the system each time costs more than the rest of a head. */
export function createTracer(fill: (bytes: Uint8Array) => void): () => string {
  const pool = Buffer.alloc(24 * 256);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      fill(pool);
      at = 0;
    }
    const trace = pool.toString("hex", at, at + 16);
    const span = pool.toString("hex", at + 16, at + 24);
    at += 24;
    return `00-${trace}-${span}-01`;
  };
}

/** The peer's address; IPv4 over a socket that listens for both reads as IPv4. */
export function addressOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? "unknown";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/** Absolute form becomes origin form, and its authority the Host (RFC 9112, 3.2.2). Undefined for what is neither. */
export function originForm(url: string): { readonly path: string; readonly host?: string } | undefined {
  if (url.charCodeAt(0) === 47) return { path: url };
  const absolute = /^https?:\/\/([^/?#@]+)([^#]*)$/i.exec(url);
  if (!absolute) return undefined;
  const [, host, path] = absolute as unknown as [string, string, string];
  return { path: path.startsWith("/") ? path : `/${path}`, host };
}
