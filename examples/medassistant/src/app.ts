import { readFileSync } from "node:fs";
import cookie from "@fastify/cookie";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { documentRoutes } from "./documents.ts";
import { sendError } from "./errors.ts";
import { healthRoutes } from "./health.ts";
import type { Identity } from "./identity.ts";
import { questionRoutes } from "./questions.ts";
import { recordRoutes } from "./records.ts";
import type { Resources } from "./resources.ts";
import { sessionRoutes } from "./sessions.ts";

const page = readFileSync(new URL("../public/index.html", import.meta.url), "utf8");
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** The whole app, not yet listening: a test can hand in its own resources. */
export async function buildApp(
  resources: Resources,
  identity: Identity,
  options: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: MAX_DOCUMENT_BYTES, ...options });
  app.setErrorHandler(sendError);
  await app.register(cookie);
  app.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  app.get("/whoami", () => ({ app: "medassistant", ...identity }));
  healthRoutes(app, resources);
  documentRoutes(app, resources);
  recordRoutes(app, resources, identity);
  sessionRoutes(app, resources);
  questionRoutes(app, resources, identity);
  return app;
}
