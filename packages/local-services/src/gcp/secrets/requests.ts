import { ApiFault } from "../faults.ts";
import { demandProject, demandSecretId, readSecretName, readVersionName } from "./names.ts";
import type { Secret, SecretStore, State, Version } from "./store.ts";

/** A secret as a client describes it, in either transport. */
export interface SecretInput {
  readonly name?: string;
  readonly replication?: {
    readonly automatic?: object;
    readonly userManaged?: { readonly replicas?: readonly { readonly location?: string }[] };
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly versionAliases?: Readonly<Record<string, string>>;
  readonly etag?: string;
}
export interface NameRequest {
  readonly name?: string;
  readonly etag?: string;
}
export interface ListRequest {
  readonly parent?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly filter?: string;
}
export interface SecretPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly nextPageToken?: string;
}

/** What both transports do with a request once it is read. Throws ApiFault. */
export function makeSecretRequests(store: SecretStore) {
  const change = (q: NameRequest, state: State) => {
    const { id, version } = readVersionName(q.name);
    return store.setState(id, version, q.etag, state);
  };
  return {
    list(q: ListRequest): SecretPage<Secret> {
      demandProject(q.parent);
      return pageOf(store.list(), q);
    },
    create(q: { readonly parent?: string; readonly secretId?: string; readonly secret?: SecretInput }): Secret {
      demandProject(q.parent);
      const id = demandSecretId(q.secretId);
      const { labels = {}, annotations = {}, versionAliases = {} } = q.secret ?? {};
      return store.create({ id, labels, annotations, versionAliases, ...readReplication(q.secret) });
    },
    get: (q: NameRequest): Secret => store.demand(readSecretName(q.name)),
    update(q: { readonly secret?: SecretInput; readonly updateMask?: { readonly paths?: readonly string[] } }): Secret {
      const { secret = {}, updateMask } = q;
      const changes = (updateMask?.paths ?? []).map((path) => readChange(path, secret));
      if (changes.length === 0) throw new ApiFault("INVALID_ARGUMENT", "The update mask must name a field.");
      return store.update(readSecretName(secret.name), secret.etag, Object.assign({}, ...changes) as Partial<Secret>);
    },
    remove: (q: NameRequest): void => store.remove(readSecretName(q.name), q.etag),
    add(q: {
      readonly parent?: string;
      readonly payload?: { readonly data?: Uint8Array; readonly dataCrc32c?: string };
    }): Version {
      const id = readSecretName(q.parent);
      if (q.payload === undefined) throw new ApiFault("INVALID_ARGUMENT", "The request must have a payload.");
      return store.addVersion(id, q.payload.data ?? new Uint8Array(), q.payload.dataCrc32c);
    },
    versions(q: ListRequest): SecretPage<Version> {
      return pageOf(store.versions(readSecretName(q.parent)), q);
    },
    version(q: NameRequest): Version {
      const { id, version } = readVersionName(q.name);
      return store.demandVersion(id, version);
    },
    access(q: NameRequest) {
      const { id, version } = readVersionName(q.name);
      return store.access(id, version);
    },
    enable: (q: NameRequest): Version => change(q, "ENABLED"),
    disable: (q: NameRequest): Version => change(q, "DISABLED"),
    destroy: (q: NameRequest): Version => change(q, "DESTROYED"),
  };
}

export type SecretRequests = ReturnType<typeof makeSecretRequests>;

const changeable = {
  labels: "labels",
  annotations: "annotations",
  version_aliases: "versionAliases",
  versionAliases: "versionAliases",
} as const;

function readChange(path: string, secret: SecretInput): Partial<Secret> {
  if (!Object.hasOwn(changeable, path)) {
    throw new ApiFault("UNIMPLEMENTED", `Changing ${path} is not served by this local cloud.`);
  }
  const field = changeable[path as keyof typeof changeable];
  return { [field]: secret[field] ?? {} };
}

function readReplication(secret: SecretInput | undefined): Pick<Secret, "locations"> {
  const { automatic, userManaged } = secret?.replication ?? {};
  if (automatic !== undefined) return {};
  const locations = (userManaged?.replicas ?? []).map(({ location = "" }) => location);
  if (locations.length === 0) {
    throw new ApiFault("INVALID_ARGUMENT", "The secret's replication must be automatic or name its locations.");
  }
  return { locations };
}

const usualPage = 25_000;

function pageOf<T>(all: readonly T[], { pageSize = 0, pageToken = "", filter = "" }: ListRequest): SecretPage<T> {
  if (filter !== "") throw new ApiFault("UNIMPLEMENTED", "The parameter filter is not served by this local cloud.");
  if (pageSize < 0) throw new ApiFault("INVALID_ARGUMENT", "The page size must not be negative.");
  const from = pageToken === "" ? 0 : Number(/^p(\d+)$/.exec(Buffer.from(pageToken, "base64url").toString())?.[1]);
  if (Number.isNaN(from)) throw new ApiFault("INVALID_ARGUMENT", "The page token is invalid.");
  const to = from + (pageSize === 0 ? usualPage : pageSize);
  const next = to < all.length ? { nextPageToken: Buffer.from(`p${to}`).toString("base64url") } : {};
  return { items: all.slice(from, to), total: all.length, ...next };
}
