import { createHash } from "node:crypto";
import { crc32c } from "../../core/crc32c.ts";
import type { RecordCore } from "../../core/types.ts";
import { ApiFault } from "../faults.ts";
import { secretName, versionName } from "./names.ts";

export type State = "ENABLED" | "DISABLED" | "DESTROYED";

export interface Secret {
  readonly id: string;
  readonly createdAt: number; // ms since 1970
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly versionAliases: Readonly<Record<string, string>>;
  /** Locations of a user-managed replication; undefined for the automatic one. */
  readonly locations?: readonly string[];
  /** The number of the newest version; 0 when there was none. */
  readonly newest: number;
}

export interface Version {
  readonly secret: string;
  readonly number: number;
  readonly createdAt: number;
  readonly destroyedAt?: number;
  readonly state: State;
  readonly hadChecksum: boolean;
  /** Base64; empty once it is destroyed. */
  readonly data: string;
}

const secretSpace = "secrets";
const versionSpace = (id: string) => `secrets/${id}/versions`;
const versionKey = (number: number) => String(number).padStart(12, "0");
const maxBytes = 65_536;

/** Changes with every change of what it stands for. */
export function etagOf(value: Secret | Version): string {
  return `"${createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12)}"`;
}

/** Secrets and their versions. `now` in ms since 1970. */
export function makeSecretStore(records: RecordCore, now: () => number) {
  const parse = <T>(bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as T);
  const find = (id: string) => parse<Secret>(records.get(secretSpace, id)?.value);
  const demand = (id: string): Secret => {
    const secret = find(id);
    if (secret === undefined) throw new ApiFault("NOT_FOUND", `Secret [${secretName(id)}] not found.`);
    return secret;
  };
  const save = (secret: Secret): Secret => {
    records.put(secretSpace, secret.id, JSON.stringify(secret));
    return secret;
  };
  const saveVersion = (version: Version): Version => {
    records.put(versionSpace(version.secret), versionKey(version.number), JSON.stringify(version));
    return version;
  };
  const number = (secret: Secret, text: string): number => {
    if (text === "latest") return secret.newest;
    return Number(Object.hasOwn(secret.versionAliases, text) ? secret.versionAliases[text] : text);
  };
  const demandVersion = (id: string, text: string): Version => {
    const secret = find(id);
    const wanted = secret === undefined ? 0 : number(secret, text);
    const version = parse<Version>(records.get(versionSpace(id), versionKey(wanted))?.value);
    if (version !== undefined) return version;
    const name = text === "latest" ? secretName(id) : `${secretName(id)}/versions/${text}`;
    const what = text === "latest" ? "Secret" : "Secret Version";
    throw new ApiFault("NOT_FOUND", `${what} [${name}] not found${text === "latest" ? " or has no versions" : ""}.`);
  };
  const demandEtag = (etag: string | undefined, value: Secret | Version) => {
    if (etag === undefined || etag === "" || etag === etagOf(value)) return;
    throw new ApiFault(
      "FAILED_PRECONDITION",
      "The etag provided in the request does not match the resource's current etag.",
    );
  };

  return {
    find,
    demand,
    demandVersion,
    create(secret: Omit<Secret, "createdAt" | "newest">): Secret {
      return records.transaction(() => {
        if (find(secret.id) !== undefined) {
          throw new ApiFault("ALREADY_EXISTS", `Secret [${secretName(secret.id)}] already exists.`);
        }
        return save({ ...secret, createdAt: now(), newest: 0 });
      });
    },
    update(id: string, etag: string | undefined, change: Partial<Secret>): Secret {
      return records.transaction(() => {
        const secret = demand(id);
        demandEtag(etag, secret);
        return save({ ...secret, ...change });
      });
    },
    remove(id: string, etag: string | undefined): void {
      records.transaction(() => {
        demandEtag(etag, demand(id));
        for (const { key } of records.list(versionSpace(id), { limit: 1_000_000 }))
          records.remove(versionSpace(id), key);
        records.remove(secretSpace, id);
      });
    },
    /** INVALID_ARGUMENT when the bytes are too many or not what `checksum` (CRC-32C, decimal) says. */
    addVersion(id: string, data: Uint8Array, checksum: string | undefined): Version {
      if (data.length > maxBytes)
        throw new ApiFault("INVALID_ARGUMENT", `The secret payload exceeds ${maxBytes} bytes.`);
      if (checksum !== undefined && checksum !== String(crc32c(data))) {
        throw new ApiFault("INVALID_ARGUMENT", "The checksum of the secret payload does not match the one provided.");
      }
      return records.transaction(() => {
        const secret = demand(id);
        const newest = secret.newest + 1;
        save({ ...secret, newest });
        const hadChecksum = checksum !== undefined;
        const base64 = Buffer.from(data).toString("base64");
        return saveVersion({
          secret: id,
          number: newest,
          createdAt: now(),
          state: "ENABLED",
          hadChecksum,
          data: base64,
        });
      });
    },
    access(id: string, text: string): { readonly version: Version; readonly data: Buffer; readonly checksum: string } {
      const version = demandVersion(id, text);
      if (version.state !== "ENABLED") {
        const name = versionName(id, version.number);
        throw new ApiFault("FAILED_PRECONDITION", `Secret Version [${name}] is in ${version.state} state.`);
      }
      const data = Buffer.from(version.data, "base64");
      return { version, data, checksum: String(crc32c(data)) };
    },
    setState(id: string, text: string, etag: string | undefined, state: State): Version {
      return records.transaction(() => {
        const version = demandVersion(id, text);
        demandEtag(etag, version);
        if (version.state === "DESTROYED" && state !== "DESTROYED") {
          const name = versionName(id, version.number);
          throw new ApiFault("FAILED_PRECONDITION", `Secret Version [${name}] is in DESTROYED state.`);
        }
        if (version.state === state) return version;
        const end = state === "DESTROYED" ? { destroyedAt: now(), data: "" } : {};
        return saveVersion({ ...version, ...end, state });
      });
    },
    list: (): readonly Secret[] =>
      records.list(secretSpace, { limit: 1_000_000 }).map(({ value }) => parse<Secret>(value)!),
    /** Newest first. */
    versions(id: string): readonly Version[] {
      demand(id);
      const all = records.list(versionSpace(id), { limit: 1_000_000 });
      return all.map(({ value }) => parse<Version>(value)!).reverse();
    },
  };
}

export type SecretStore = ReturnType<typeof makeSecretStore>;
