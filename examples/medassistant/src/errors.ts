import { codeOf, codes, isTrimaranError } from "@trimaran/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";

const RETRY_AFTER_SECONDS = 5;

/**
 * Every failure as one JSON shape. What may work later (`retry: "later"`: the home of the data is down, slow or busy) is a 503 with
 * Retry-After that names the home; what the caller did wrong keeps its 4xx; anything else is a 500 that tells nothing.
 */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const own = (error as { statusCode?: number }).statusCode;
  if (own !== undefined && own < 500)
    return reply.status(own).send({ error: "invalid", message: (error as Error).message });
  const code = codeOf(error);
  if (codes[code].retry === "later") {
    request.log.warn({ err: error }, "a resource does not answer");
    const at = isTrimaranError(error) ? error.at : {};
    return reply
      .status(503)
      .header("retry-after", RETRY_AFTER_SECONDS)
      .send({ error: code, message: "The data does not answer right now", resource: at.resource, home: at.home });
  }
  if (code === "not_found" || code === "invalid_argument" || code === "conflict") {
    return reply.status(codes[code].http).send({ error: code, message: codes[code].means });
  }
  request.log.error({ err: error }, "a request failed");
  return reply.status(500).send({ error: "internal", message: "Something went wrong" });
}
