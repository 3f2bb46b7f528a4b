import { TrimaranError, } from "@trimaran/contract";
import { body, collect } from "../bytes.js";
import { byUtf8 } from "../expect.js";
export function objectStore() {
    return { objects: new Map(), writes: 0 };
}
/** A driver over a `Map`: for tests of what uses objects. Sound by its own suite; gone with the process. */
export function memoryObjects(store, { now = Date.now } = {}) {
    const { objects } = store;
    const found = (key) => {
        const object = objects.get(key);
        if (object === undefined)
            throw new TrimaranError("not_found", "memory/objects: no such object");
        return object;
    };
    return {
        id: "memory/objects",
        can: new Set(),
        native: store,
        async close() { },
        async head(key, { signal }) {
            signal.throwIfAborted();
            return found(key).head;
        },
        async read(key, { from, length }, { signal }) {
            signal.throwIfAborted();
            const { head, bytes } = found(key);
            if (from > 0 && from >= bytes.length) {
                throw new TrimaranError("invalid_argument", "memory/objects: the range begins past the end");
            }
            const end = length === undefined ? bytes.length : from + length;
            return { head, body: abortable(body(bytes.subarray(from, end)), signal) };
        },
        async write(key, content, { contentType, metadata, only }, call) {
            const bytes = await collectUntil(content, call);
            const old = objects.get(key);
            if (only === "if_absent" && old !== undefined) {
                throw new TrimaranError("already_exists", "memory/objects: the object exists");
            }
            if (typeof only === "object" && old?.head.revision !== only.ifRevision) {
                throw new TrimaranError("conflict", "memory/objects: another revision");
            }
            const revision = String(++store.writes);
            const head = { key, size: bytes.length, revision, modifiedAt: new Date(now()), contentType, metadata };
            objects.set(key, { head, bytes });
            return head;
        },
        async remove(key, { ifRevision }, { signal }) {
            signal.throwIfAborted();
            const old = objects.get(key);
            if (old !== undefined && ifRevision !== undefined && old.head.revision !== ifRevision) {
                throw new TrimaranError("conflict", "memory/objects: another revision");
            }
            objects.delete(key);
        },
        async list({ prefix, after, limit }, { signal }) {
            signal.throwIfAborted();
            const keys = [...objects.keys()]
                .filter((key) => key.startsWith(prefix) && (after === undefined || byUtf8(key, after) > 0))
                .sort(byUtf8);
            const items = keys.slice(0, limit).map((key) => found(key).head);
            const last = items.at(-1)?.key;
            return keys.length > limit && last !== undefined ? { items, next: last } : { items };
        },
    };
}
async function collectUntil(content, { signal }) {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers();
    const stop = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
        return await Promise.race([collect(content), aborted.promise]);
    }
    finally {
        signal.removeEventListener("abort", stop);
    }
}
function abortable(content, signal) {
    return content.pipeThrough(new TransformStream({}), { signal });
}
