import type { IncomingMessage } from "node:http";
import { AzureFailure } from "./failure.ts";

/** A request as the storage services look at it. */
export interface AzureRequest {
  readonly method: string;
  /** The path as it came, percent-encoded: signatures are made over it. */
  readonly rawPath: string;
  /** Decoded; names in lower case; the values of a repeated name joined by commas, in order. */
  readonly query: ReadonlyMap<string, string>;
  readonly raw: IncomingMessage;
  /** ms since 1970, when the request came. */
  readonly now: number;
  header(name: string): string | undefined;
}

/** Reads request line and headers. Throws `AzureFailure` InvalidUri where the URL cannot be decoded. */
export function readRequest(raw: IncomingMessage, now: number): AzureRequest {
  const url = raw.url ?? "/";
  const mark = url.indexOf("?");
  return {
    method: (raw.method ?? "GET").toUpperCase(),
    rawPath: mark === -1 ? url : url.slice(0, mark),
    query: readQuery(mark === -1 ? "" : url.slice(mark + 1)),
    raw,
    now,
    header: (name) => headerOf(raw, name),
  };
}

export function headerOf(raw: IncomingMessage, name: string): string | undefined {
  const value = raw.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Decoded; names in lower case. */
export function readQuery(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string[]>();
  for (const pair of text.split("&").filter((part) => part !== "")) {
    const equals = pair.indexOf("=");
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals), true).toLowerCase();
    const value = equals === -1 ? "" : decoded(pair.slice(equals + 1), true);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return new Map([...values].map(([name, all]) => [name, all.sort().join(",")]));
}

/** Percent-decodes; in a query a plus is a space. Throws `AzureFailure` InvalidUri. */
export function decoded(text: string, inQuery = false): string {
  try {
    return decodeURIComponent(inQuery ? text.replaceAll("+", " ") : text);
  } catch (_notEncoded) {
    throw new AzureFailure(400, "InvalidUri", "The requested URI does not represent any resource on the server.");
  }
}

/** The bytes of a small body. Throws `AzureFailure` RequestBodyTooLarge above `maxBytes`. */
export async function readBody(raw: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of raw as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new AzureFailure(
        413,
        "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit.",
        { details: { MaxLimit: String(maxBytes) } },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
