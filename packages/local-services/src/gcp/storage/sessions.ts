import type { Store } from "../../core/types.ts";
import { StorageFault } from "../faults.ts";
import { type Exchange, header, sendText } from "../http.ts";
import { afterReceived, type Piece, readContentRange } from "./content-range.ts";
import { promisedInHeaders } from "./digests.ts";
import { sendResource } from "./fields.ts";
import { place, type Target } from "./place.ts";
import { objectResource } from "./resource.ts";

/** Resumable uploads: https://cloud.google.com/storage/docs/resumable-uploads */
export interface Sessions {
  open(x: Exchange, target: Target): void;
  take(x: Exchange): Promise<void>;
  cancel(x: Exchange): void;
  has(id: string): boolean;
}

interface Session {
  readonly target: Target;
  readonly openedAt: number;
  /** Staged bodies, in order. */
  readonly parts: readonly string[];
  readonly size: number;
  readonly done?: Record<string, unknown>;
}

const space = "storage/sessions";
const lifetimeMs = 7 * 24 * 60 * 60 * 1000;
const sweepEveryMs = 60 * 60 * 1000;

/** Sessions are records and their bytes staged bodies, so both outlive the process. */
export function makeSessions({ objects, records }: Store, now: () => number, nextId: () => string): Sessions {
  const busy = new Map<string, { readonly stop: () => void; readonly ended: Promise<unknown> }>();
  const save = (id: string, session: Session) => void records.put(space, id, JSON.stringify(session));
  const find = (id: string): Session | undefined => {
    const record = records.get(space, id);
    return record === undefined ? undefined : (JSON.parse(Buffer.from(record.value).toString()) as Session);
  };
  const demand = (x: Exchange): readonly [string, Session] => {
    const id = x.query.get("upload_id") ?? "";
    const session = find(id);
    if (session !== undefined) return [id, session];
    throw new StorageFault(404, "notFound", "The upload session is unknown: it ended, or was never opened.");
  };
  let sweptAt = Number.NEGATIVE_INFINITY;
  const sweep = () => {
    if (now() - sweptAt < sweepEveryMs) return;
    sweptAt = now();
    let page = records.list(space, { limit: 500 });
    while (page.length > 0) {
      for (const { key } of page) {
        const session = find(key);
        if (session === undefined || now() - session.openedAt < lifetimeMs) continue;
        objects.discard(session.parts);
        records.remove(space, key);
      }
      page = records.list(space, { limit: 500, after: page.at(-1)!.key });
    }
  };

  /** Takes in one request's bytes; what came before the connection broke is kept. */
  const receive = async (x: Exchange, id: string, session: Session, piece: Piece): Promise<Session> => {
    const body = await objects.stage(afterReceived(x.request, piece, session.size));
    if (body.size === 0) {
      objects.discard([body.id]);
      return session;
    }
    const grown = { ...session, parts: [...session.parts, body.id], size: session.size + body.size };
    save(id, grown);
    return grown;
  };

  const finish = async (x: Exchange, id: string, session: Session) => {
    const parts = session.parts.map((part) => objects.staged(part)).filter((part) => part !== undefined);
    if (parts.length !== session.parts.length) throw new Error("an upload session lost a part");
    const [only] = parts;
    const whole = parts.length === 1 && only !== undefined ? only : await objects.join(parts, { ephemeral: true });
    const target = { ...session.target, promised: { ...session.target.promised, ...promisedInHeaders(x) } };
    try {
      const resource = records.transaction(() => {
        const resource = objectResource(place(objects, target, whole), x.origin);
        const { parts: _parts, ...rest } = session;
        save(id, { ...rest, parts: [], done: resource });
        return resource;
      });
      objects.discard(session.parts.filter((part) => part !== whole.id));
      sendResource(x, resource);
    } catch (e) {
      objects.discard([...session.parts, whole.id]);
      records.remove(space, id);
      throw e;
    }
  };

  const advance = async (x: Exchange, id: string) => {
    let session = find(id);
    if (session === undefined) return demand(x);
    if (session.done !== undefined) {
      x.request.resume();
      return sendResource(x, session.done);
    }
    const piece = readContentRange(header(x.request, "content-range"));
    if (piece.kind === "bytes") session = await receive(x, id, session, piece);
    // Nobody waits for an answer on a broken connection.
    if (piece.kind === "bytes" && !x.request.complete) return;
    const { total } = piece;
    if (total !== undefined && session.size > total) {
      throw new StorageFault(400, "invalid", `The upload has ${session.size} bytes, more than the ${total} announced.`);
    }
    const isWhole = total === undefined ? piece.kind === "bytes" && piece.last === undefined : session.size === total;
    if (isWhole) return finish(x, id, session);
    x.response.writeHead(308, { "content-length": 0, ...rangeOf(session) });
    x.response.end();
  };

  return {
    has: (id) => id !== "" && records.get(space, id) !== undefined,
    open(x, target) {
      sweep();
      const id = nextId();
      save(id, { target, openedAt: now(), parts: [], size: 0 });
      const name = encodeURIComponent(target.name);
      const location = `${x.origin}${x.rawPath}?uploadType=resumable&name=${name}&upload_id=${id}`;
      sendText(x, 200, "", { location, "x-guploader-uploadid": id });
    },
    async take(x) {
      const [id] = demand(x);
      // A client that comes again has given up on its last request, which may still hang on a dead connection.
      const before = busy.get(id);
      before?.stop();
      await before?.ended;
      const work = advance(x, id);
      const entry = { stop: () => void x.request.destroy(), ended: work.catch(() => undefined) };
      busy.set(id, entry);
      try {
        await work;
      } finally {
        if (busy.get(id) === entry) busy.delete(id);
      }
    },
    cancel(x) {
      const [id, session] = demand(x);
      busy.get(id)?.stop();
      objects.discard(session.parts);
      records.remove(space, id);
      x.response.writeHead(499, { "content-length": 0 });
      x.response.end();
    },
  };
}

function rangeOf(session: Session): Record<string, string> {
  return session.size === 0 ? {} : { range: `bytes=0-${session.size - 1}` };
}
