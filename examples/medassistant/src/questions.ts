import type { FastifyInstance } from "fastify";
import type { Identity } from "./identity.ts";
import { type Passage, passagesOf } from "./passages.ts";
import { addRecord, questionBody } from "./records.ts";
import { type Resources, soon } from "./resources.ts";
import { extractAnswer, search } from "./search.ts";

const PASSAGES = 3;

/** Answers from the uploaded documents, with the passages that support the answer. */
export function questionRoutes(app: FastifyInstance, resources: Resources, identity: Identity): void {
  const library = makeLibrary(resources);
  app.post<{ Body: { question: string } }>("/questions", { schema: { body: questionBody } }, async (request) => {
    const { question } = request.body;
    const passages = await library();
    const matches = search(question, passages, PASSAGES);
    await addRecord(resources, identity, question);
    return {
      answer: extractAnswer(question, matches, passages),
      passages: matches.map(({ passage, score }) => ({
        document: passage.document,
        heading: passage.heading,
        text: passage.text,
        score: Math.round(score * 1000) / 1000,
      })),
      answeredBy: identity,
    };
  });
}

/** All passages of all documents; a document is read again only when its revision has changed. */
function makeLibrary({ documents }: Resources): () => Promise<readonly Passage[]> {
  let known = new Map<string, { readonly revision: string; readonly passages: readonly Passage[] }>();
  return async () => {
    const now = new Map<string, { readonly revision: string; readonly passages: readonly Passage[] }>();
    for await (const { key, revision } of documents.list(soon)) {
      const before = known.get(key);
      if (before?.revision === revision) now.set(key, before);
      else now.set(key, { revision, passages: passagesOf(key, await (await documents.read(key, soon)).text()) });
    }
    known = now;
    return [...now.values()].flatMap((d) => d.passages);
  };
}
