import { tableFailure } from "./errors.ts";

/** A request inside a batch. */
export interface BatchPart {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The requests of the one change set of a batch. Throws `AzureFailure` InvalidInput. */
export function readBatch(contentType: string, body: string): readonly BatchPart[] {
  const outer = partsOf(body, boundaryOf(contentType));
  if (outer.length !== 1) throw tableFailure("InvalidInput");
  const { headers, rest } = headersAndRest(outer[0]!);
  const inner = partsOf(rest, boundaryOf(headers.get("content-type") ?? ""));
  return inner.map((part) => readPart(headersAndRest(part).rest));
}

function readPart(text: string): BatchPart {
  const [line = ""] = text.split(/\r?\n/, 1);
  const [, method, address] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === undefined || address === undefined || !URL.canParse(address, "https://host/"))
    throw tableFailure("InvalidInput");
  const url = new URL(address, "https://host/");
  const { headers, rest } = headersAndRest(text.slice(line.length).replace(/^\r?\n/, ""));
  return { method, url: url.pathname + url.search, headers, body: rest.trim() };
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /^multipart\/mixed\s*;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw tableFailure("InvalidInput");
  return boundary;
}

/** What stands between the delimiters, which begin a line of their own. */
function partsOf(body: string, boundary: string): readonly string[] {
  const pieces = `\n${body}`.split(`\n--${boundary}`);
  const end = pieces.findIndex((piece) => piece.startsWith("--"));
  if (pieces.length < 3 || end === -1) throw tableFailure("InvalidInput");
  return pieces.slice(1, end).map((piece) => piece.replace(/^\r?\n/, ""));
}

function headersAndRest(text: string): { readonly headers: ReadonlyMap<string, string>; readonly rest: string } {
  const [, head = "", rest = ""] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(`\n${text}`) ?? [];
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/).filter((each) => each !== "")) {
    const colon = line.indexOf(":");
    if (colon === -1) throw tableFailure("InvalidInput");
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, rest };
}
