import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { type Resources, soon } from "./resources.ts";

const COOKIE = "session";
const ONE_HOUR_SECONDS = 3600;
interface Session {
  readonly name: string;
  readonly since: string;
}
const sessionBody = {
  type: "object",
  properties: { name: { type: "string", minLength: 1, maxLength: 100 } },
  required: ["name"],
} as const;

/** A session is an entry that expires, named by a signed cookie: any site that shares the home knows it. */
export function sessionRoutes(app: FastifyInstance, { sessions, signing }: Resources): void {
  const sign = async (id: string) =>
    createHmac("sha256", (await signing.get("value", soon)).reveal())
      .update(id)
      .digest("base64url");

  app.post<{ Body: { name: string } }>("/sessions", { schema: { body: sessionBody } }, async (request, reply) => {
    const id = randomUUID();
    const session: Session = { name: request.body.name, since: new Date().toISOString() };
    await sessions.put(id, JSON.stringify(session), { expiresInSeconds: ONE_HOUR_SECONDS, ...soon });
    return reply
      .setCookie(COOKIE, `${id}.${await sign(id)}`, {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        maxAge: ONE_HOUR_SECONDS,
      })
      .status(201)
      .send(session);
  });

  app.get("/sessions/me", async (request, reply) => {
    const [id = "", signature = ""] = (request.cookies[COOKIE] ?? "").split(".");
    const entry = isEqual(signature, await sign(id)) ? await sessions.get(id, soon) : undefined;
    if (entry === undefined)
      return reply.status(401).send({ error: "unauthenticated", message: "There is no such session" });
    return entry.json<Session>();
  });
}

/** In constant time, so that a signature cannot be guessed byte by byte. */
function isEqual(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
