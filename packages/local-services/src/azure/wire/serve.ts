import type { IncomingMessage, ServerResponse } from "node:http";
import { AzureFailure } from "./failure.ts";
import { type AzureRequest, headerOf, readRequest } from "./request.ts";
import { type AzureResponse, sendResponse } from "./response.ts";

export interface ServiceManners {
  readonly now: () => number;
  /** A new id for each request. */
  readonly requestId: () => string;
  /** Does the call; throws `AzureFailure` for every answer that is an error. */
  readonly answer: (request: AzureRequest) => Promise<AzureResponse>;
  /** Writes an error in the format of the service. */
  readonly failed: (
    failure: AzureFailure,
    context: { readonly requestId: string; readonly now: number },
  ) => AzureResponse;
}

/** A request listener for one service: parses, answers, and turns whatever goes wrong into the service's own error. */
export function serving(service: ServiceManners): (request: IncomingMessage, response: ServerResponse) => void {
  return (raw, response) => {
    void serveOne(service, raw, response);
  };
}

async function serveOne(service: ServiceManners, raw: IncomingMessage, response: ServerResponse): Promise<void> {
  const now = service.now();
  const requestId = service.requestId();
  const common = {
    date: new Date(now).toUTCString(),
    "x-ms-request-id": requestId,
    "x-ms-version": headerOf(raw, "x-ms-version"),
    "x-ms-client-request-id": headerOf(raw, "x-ms-client-request-id"),
  };
  let answer: AzureResponse;
  try {
    answer = await service.answer(readRequest(raw, now));
  } catch (e) {
    if (raw.destroyed && !raw.complete) return void response.destroy();
    answer = service.failed(e instanceof AzureFailure ? e : internalError(e), { requestId, now });
  }
  try {
    await sendResponse(response, (raw.method ?? "GET").toUpperCase(), {
      ...answer,
      headers: { ...common, ...answer.headers },
    });
  } catch (e) {
    // Once the status line is out, cutting the connection is the only truthful answer left.
    if (response.headersSent) return void response.destroy();
    await sendResponse(response, "GET", service.failed(internalError(e), { requestId, now }));
  }
}

const internalError = (e: unknown): AzureFailure =>
  new AzureFailure(
    500,
    "InternalError",
    `The server encountered an internal error. ${e instanceof Error ? e.message : ""}`,
  );
