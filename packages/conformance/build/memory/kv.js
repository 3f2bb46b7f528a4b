import { TrimaranError } from "@trimaran/contract";
export function kvStore() {
    return { entries: new Map(), puts: 0 };
}
/** A driver over a `Map`: for tests of what uses kv. Sound by its own suite; gone with the process. */
export function memoryKv(store, { now = Date.now } = {}) {
    const live = (key) => {
        const entry = store.entries.get(key);
        return entry === undefined || entry.expiresAt <= now() ? undefined : entry;
    };
    const given = ({ key, value, revision }) => ({ key, value: value.slice(), revision });
    return {
        id: "memory/kv",
        can: new Set(["expiry"]),
        native: store,
        async close() { },
        async get(key, { signal }) {
            signal.throwIfAborted();
            const entry = live(key);
            return entry === undefined ? undefined : given(entry);
        },
        async put(key, value, { only, expiresInSeconds }, { signal }) {
            signal.throwIfAborted();
            const old = live(key);
            if (only === "if_absent" && old !== undefined) {
                throw new TrimaranError("already_exists", "memory/kv: the key exists");
            }
            if (typeof only === "object" && old?.revision !== only.ifRevision) {
                throw new TrimaranError("conflict", "memory/kv: another revision");
            }
            const revision = String(++store.puts);
            const expiresAt = expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : now() + expiresInSeconds * 1000;
            store.entries.set(key, { key, value: value.slice(), revision, expiresAt });
            return { revision };
        },
        async remove(key, { ifRevision }, { signal }) {
            signal.throwIfAborted();
            const old = live(key);
            if (old !== undefined && ifRevision !== undefined && old.revision !== ifRevision) {
                throw new TrimaranError("conflict", "memory/kv: another revision");
            }
            store.entries.delete(key);
        },
        async scan({ after, limit }, { signal }) {
            signal.throwIfAborted();
            const keys = [...store.entries.keys()].filter((key) => live(key) && (after === undefined || key > after)).sort();
            const items = keys.slice(0, limit).flatMap((key) => {
                const entry = live(key);
                return entry === undefined ? [] : [given(entry)];
            });
            const last = items.at(-1)?.key;
            return keys.length > limit && last !== undefined ? { items, next: last } : { items };
        },
    };
}
