import { TrimaranError } from "@trimaran/contract";
export function secretStore() {
    return { secrets: new Map(), puts: 0 };
}
/** A driver over a `Map`: for tests of what uses secrets. Sound by its own suite; gone with the process. */
export function memorySecrets(store) {
    return {
        id: "memory/secrets",
        can: new Set(["versions"]),
        native: store,
        async close() { },
        async get(name, version, { signal }) {
            signal.throwIfAborted();
            const versions = store.secrets.get(name) ?? [];
            const found = version === undefined ? versions.at(-1) : versions.find((v) => v.version === version);
            if (found === undefined)
                throw new TrimaranError("not_found", "memory/secrets: no such secret or version");
            return found;
        },
        async put(name, value, { signal }) {
            signal.throwIfAborted();
            const version = String(++store.puts);
            store.secrets.set(name, [...(store.secrets.get(name) ?? []), { version, value }]);
            return { version };
        },
        async remove(name, { signal }) {
            signal.throwIfAborted();
            store.secrets.delete(name);
        },
        async list({ after, limit }, { signal }) {
            signal.throwIfAborted();
            const names = [...store.secrets.keys()].filter((name) => after === undefined || name > after).sort();
            const items = names.slice(0, limit).map((name) => ({ name }));
            const last = items.at(-1)?.name;
            return names.length > limit && last !== undefined ? { items, next: last } : { items };
        },
    };
}
