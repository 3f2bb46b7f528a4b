import { type RpcService, readSchema, unary } from "../grpc.ts";
import { secretName, versionName } from "./names.ts";
import type { ListRequest, NameRequest, SecretRequests } from "./requests.ts";
import { secretSchema } from "./schema.ts";
import { etagOf, type Secret, type Version } from "./store.ts";

/** What the client libraries use: https://cloud.google.com/secret-manager/docs/reference/rpc */
export function secretRpc(requests: SecretRequests): RpcService {
  const version = "SecretVersion";
  return {
    package: "google.cloud.secretmanager.v1",
    name: "SecretManagerService",
    schema: readSchema(secretSchema),
    methods: [
      unary("ListSecrets", "ListSecretsRequest", "ListSecretsResponse", (q: ListRequest) => {
        const { items, total, ...next } = requests.list(q);
        return { secrets: items.map(toSecret), totalSize: total, ...next };
      }),
      unary("CreateSecret", "CreateSecretRequest", "Secret", (q: Parameters<SecretRequests["create"]>[0]) =>
        toSecret(requests.create(q)),
      ),
      unary("GetSecret", "GetSecretRequest", "Secret", (q: NameRequest) => toSecret(requests.get(q))),
      unary("UpdateSecret", "UpdateSecretRequest", "Secret", (q: Parameters<SecretRequests["update"]>[0]) =>
        toSecret(requests.update(q)),
      ),
      unary("DeleteSecret", "DeleteSecretRequest", "Empty", (q: NameRequest) => {
        requests.remove(q);
        return {};
      }),
      unary("AddSecretVersion", "AddSecretVersionRequest", version, (q: Parameters<SecretRequests["add"]>[0]) =>
        toVersion(requests.add(q)),
      ),
      unary("ListSecretVersions", "ListSecretVersionsRequest", "ListSecretVersionsResponse", (q: ListRequest) => {
        const { items, total, ...next } = requests.versions(q);
        return { versions: items.map(toVersion), totalSize: total, ...next };
      }),
      unary("GetSecretVersion", "GetSecretVersionRequest", version, (q: NameRequest) => toVersion(requests.version(q))),
      unary("AccessSecretVersion", "AccessSecretVersionRequest", "AccessSecretVersionResponse", (q: NameRequest) => {
        const { version, data, checksum } = requests.access(q);
        return { name: versionName(version.secret, version.number), payload: { data, dataCrc32c: checksum } };
      }),
      unary("EnableSecretVersion", "EnableSecretVersionRequest", version, (q: NameRequest) =>
        toVersion(requests.enable(q)),
      ),
      unary("DisableSecretVersion", "DisableSecretVersionRequest", version, (q: NameRequest) =>
        toVersion(requests.disable(q)),
      ),
      unary("DestroySecretVersion", "DestroySecretVersionRequest", version, (q: NameRequest) =>
        toVersion(requests.destroy(q)),
      ),
    ],
  };
}

const states = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 } as const;

function toTime(ms: number) {
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}

function toSecret(secret: Secret) {
  const { labels, annotations, versionAliases, locations } = secret;
  const replication =
    locations === undefined
      ? { automatic: {} }
      : { userManaged: { replicas: locations.map((location) => ({ location })) } };
  const about = { replication, labels, annotations, versionAliases, etag: etagOf(secret) };
  return { name: secretName(secret.id), createTime: toTime(secret.createdAt), ...about };
}

function toVersion(version: Version) {
  return {
    name: versionName(version.secret, version.number),
    createTime: toTime(version.createdAt),
    ...(version.destroyedAt === undefined ? {} : { destroyTime: toTime(version.destroyedAt) }),
    state: states[version.state],
    replicationStatus: { automatic: {} },
    etag: etagOf(version),
    clientSpecifiedPayloadChecksum: version.hadChecksum,
  };
}
