import type { IncomingMessage, ServerResponse } from "node:http";

/** One request on its way to the answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The path as it was sent, still encoded. */
  readonly rawPath: string;
  /** Scheme and authority under which the client reached this service. */
  readonly origin: string;
}

/** One row of a service's table of calls: it routes the requests and it is what the documentation lists. */
export interface Route {
  /** The method's name in the vendor's API. */
  readonly call: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments in braces are parameters, with a suffix `{name}:verb`; `{name=**}` at the end takes the rest of the path. */
  readonly path: string;
  readonly handle: (x: Exchange) => Promise<void> | void;
}

export interface HttpService {
  readonly scheme: "http" | "https";
  readonly routes: readonly Route[];
  /** Throws what `refuse` can render. Runs before any handler. */
  readonly authorize?: (x: Exchange) => void;
  readonly refuse: (x: Exchange, error: unknown) => void;
  /** Thrown when no row fits. */
  readonly unknown: (x: Exchange) => Error;
}

/** The request listener of a service. */
export function serveHttp(service: HttpService): (request: IncomingMessage, response: ServerResponse) => void {
  const table = service.routes.map((route) => ({ route, pattern: compile(route.path) }));
  return (request, response) => {
    const [rawPath = "/", search = ""] = split(request.url ?? "/");
    const x = {
      request,
      response,
      params: {} as Readonly<Record<string, string>>,
      query: new URLSearchParams(search),
      rawPath,
      origin: `${service.scheme}://${request.headers.host ?? "localhost"}`,
    };
    const answer = async () => {
      const method = overridden(request);
      const match = table
        .filter(({ route }) => route.method === method)
        .map(({ route, pattern }) => ({ route, found: pattern(rawPath) }))
        .find(({ found }) => found !== undefined);
      if (match?.found !== undefined) x.params = match.found;
      service.authorize?.(x);
      if (match === undefined) throw service.unknown(x);
      await match.route.handle(x);
    };
    answer().catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else service.refuse(x, error);
    });
  };
}

function split(url: string): [string, string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** Google's front ends let a POST stand for another method: https://cloud.google.com/apis/docs/system-parameters */
function overridden(request: IncomingMessage): string {
  const override = request.headers["x-http-method-override"];
  return request.method === "POST" && typeof override === "string" ? override.toUpperCase() : (request.method ?? "GET");
}

function compile(path: string): (rawPath: string) => Readonly<Record<string, string>> | undefined {
  const wanted = path.split("/");
  const last = wanted.at(-1) ?? "";
  const rest = /^\{(\w+)=\*\*\}$/.exec(last)?.[1];
  return (rawPath) => {
    const got = rawPath.split("/");
    if (rest === undefined ? got.length !== wanted.length : got.length < wanted.length) return undefined;
    const params: Record<string, string> = {};
    for (const [at, segment] of wanted.entries()) {
      if (rest !== undefined && at === wanted.length - 1) {
        params[rest] = decode(got.slice(at).join("/"));
        return params;
      }
      const piece = got[at] ?? "";
      const parameter = /^\{(\w+)\}(.*)$/.exec(segment);
      if (parameter === null) {
        if (piece !== segment) return undefined;
        continue;
      }
      const [, name = "", suffix = ""] = parameter;
      if (!piece.endsWith(suffix) || piece.length === suffix.length) return undefined;
      const value = suffix === "" ? piece : piece.slice(0, -suffix.length);
      params[name] = decode(value);
    }
    return params;
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (_e) {
    // Not UTF-8 behind the percent signs: left as it is, it names nothing that is here.
    return text;
  }
}

export function sendJson(x: Exchange, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const bytes = Buffer.from(JSON.stringify(body));
  x.response.writeHead(status, {
    "content-type": "application/json; charset=UTF-8",
    "content-length": bytes.length,
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    ...headers,
  });
  x.response.end(bytes);
}

export function sendText(x: Exchange, status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const bytes = Buffer.from(body);
  x.response.writeHead(status, {
    "content-type": "text/html; charset=UTF-8",
    "content-length": bytes.length,
    ...headers,
  });
  x.response.end(x.request.method === "HEAD" ? undefined : bytes);
}

/** The whole body, for requests that are small by nature; undefined when it is larger than `maxBytes`. */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes = 1024 * 1024): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One header's value; of a repeated one the first. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
