import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { FastifyInstance } from "fastify";
import { type Resources, soon } from "./resources.ts";

const name = { type: "string", minLength: 1, maxLength: 200 } as const;
const params = { type: "object", properties: { name }, required: ["name"] } as const;
interface Named {
  Params: { name: string };
}

/** Upload, list, download and delete. Bodies are streamed: a large document does not pass through memory. */
export function documentRoutes(app: FastifyInstance, { documents }: Resources): void {
  app.get("/documents", async () => {
    const list = [];
    for await (const head of documents.list(soon))
      list.push({ name: head.key, size: head.size, modifiedAt: head.modifiedAt.toISOString() });
    return { documents: list };
  });

  app.get<Named>("/documents/:name", { schema: { params } }, async (request, reply) => {
    const { info, body } = await documents.read(request.params.name, soon);
    return reply
      .type(info.contentType)
      .header("content-length", info.size)
      .send(Readable.fromWeb(body as ReadableStream));
  });

  // The body arrives as a stream, whatever its type: here nothing is parsed.
  app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    uploads.put<Named & { Body: Readable | undefined }>(
      "/documents/:name",
      { schema: { params } },
      async (request, reply) => {
        const contentType = request.headers["content-type"] ?? "text/plain";
        const info = await documents.write(request.params.name, request.body ?? "", { contentType, ...soon });
        return reply.status(201).send({ name: info.key, size: info.size });
      },
    );
  });

  app.delete<Named>("/documents/:name", { schema: { params } }, async (request, reply) => {
    await documents.remove(request.params.name, soon);
    return reply.status(204).send();
  });
}
