import type { FastifyInstance } from "fastify";
import { type Resources, soon } from "./resources.ts";

/**
 * `/health` speaks for the process alone, so that an outage of the data's home does not take every site out of traffic.
 * `/ready` asks each resource, for people and dashboards.
 */
export function healthRoutes(app: FastifyInstance, { documents, records, sessions, signing }: Resources): void {
  app.get("/health", { logLevel: "warn" }, () => ({ status: "ok" }));

  app.get("/ready", async (_request, reply) => {
    const probes: Record<string, Promise<unknown>> = {
      documents: documents.exists("probe", soon),
      records: records.query("SELECT 1", [], soon),
      sessions: sessions.get("probe", soon),
      signing: signing.refresh("value", soon),
    };
    const states = await Promise.all(
      Object.entries(probes).map(
        async ([name, probe]) => [name, await probe.then(() => "ok" as const).catch(() => "down" as const)] as const,
      ),
    );
    const isReady = states.every(([, state]) => state === "ok");
    return reply.status(isReady ? 200 : 503).send({ ready: isReady, ...Object.fromEntries(states) });
  });
}
