import type { FastifyInstance } from "fastify";
import type { Identity } from "./identity.ts";
import { type Resources, soon } from "./resources.ts";

export interface Asked {
  readonly id: number;
  readonly question: string;
  readonly site: string;
  readonly cloud: string;
  readonly asked_at: Date;
}

/** Every question that was asked, newest first. */
export function recordRoutes(app: FastifyInstance, resources: Resources, identity: Identity): void {
  const limit = { type: "integer", minimum: 1, maximum: 10_000, default: 50 } as const;
  app.get<{ Querystring: { limit: number } }>(
    "/records",
    { schema: { querystring: { type: "object", properties: { limit } } } },
    async (request) => {
      const { rows } = await resources.records.query<Asked>(
        "SELECT id::int, question, site, cloud, asked_at FROM records ORDER BY id DESC LIMIT $1",
        [request.query.limit],
        soon,
      );
      return { records: rows };
    },
  );

  app.post<{ Body: { question: string } }>("/records", { schema: { body: questionBody } }, async (request, reply) => {
    return reply.status(201).send({ id: await addRecord(resources, identity, request.body.question) });
  });
}

export const questionBody = {
  type: "object",
  properties: { question: { type: "string", minLength: 1, maxLength: 500 } },
  required: ["question"],
} as const;

export async function addRecord({ records }: Resources, { site, cloud }: Identity, question: string): Promise<number> {
  const { rows } = await records.query<{ id: number }>(
    "INSERT INTO records (question, site, cloud) VALUES ($1, $2, $3) RETURNING id::int",
    [question, site, cloud],
    soon,
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the insert returned no row");
  return id;
}
