import type { IncomingMessage, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { ErrorCode, ErrorReport } from "@trimaran/contract";

/** Why the gateway itself answers: the value of `x-trimaran-error`. */
const reasons: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  "bad-request": ["invalid_argument", "The request is not valid HTTP."],
  "headers-too-large": ["invalid_argument", "The request's header fields are larger than this gateway takes."],
  "too-large": ["invalid_argument", "The request's body is larger than this gateway takes."],
  "slow-client": ["timeout", "The request did not arrive in time."],
  "no-target": ["unavailable", "No instance of the app is there to answer."],
  connect: ["unavailable", "The app could not be reached."],
  certificate: ["unavailable", "The app's certificate is not valid."],
  reset: ["unavailable", "The app broke off before it answered."],
  timeout: ["timeout", "The app did not answer in time."],
};

function bodyOf(error: string): string {
  const [code, message] = reasons[error]!;
  return JSON.stringify({ error: { code, message } } satisfies ErrorReport);
}

/** Where a request was under way when it failed. */
export interface Whereabouts {
  readonly site: string;
  readonly revision: string;
}

/** Answers with JSON, or a small page to whoever asks for HTML. Says which site had the request last, where one had it. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  error: string,
  retryAfterMs: number,
  last?: Whereabouts,
): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const wantsPage = /\btext\/html\b/.test(req.headers.accept ?? "");
  const title = `${status} ${STATUS_CODES[status]}`;
  const body = wantsPage
    ? `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${reasons[error]![1]}</p>\n`
    : bodyOf(error);
  res.writeHead(status, {
    "content-type": wantsPage ? "text/html; charset=utf-8" : "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-trimaran-error": error,
    ...(last === undefined ? {} : { "x-trimaran-site": last.site, "x-trimaran-revision": last.revision }),
    ...(status === 503 ? { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } : {}),
  });
  res.end(body);
}

/** The same for a connection on which no request could be read: the whole answer as text. */
export function rawRefusal(status: number, error: string): string {
  const body = bodyOf(error);
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\nx-trimaran-error: ${error}\r\n\r\n${body}`
  );
}
