import { ApiFault } from "../faults.ts";
import { type Exchange, type Route, sendJson } from "../http.ts";
import { readRestBody } from "../rest.ts";
import { secretName, versionName } from "./names.ts";
import type { ListRequest, SecretInput, SecretRequests } from "./requests.ts";
import { etagOf, type Secret, type Version } from "./store.ts";

/** The JSON form of the same calls, which gcloud uses: https://cloud.google.com/secret-manager/docs/reference/rest */
export function secretRoutes(requests: SecretRequests): readonly Route[] {
  const secrets = "/v1/projects/{project}/secrets";
  const one = `${secrets}/{secret}`;
  const version = `${one}/versions/{version}`;
  const parent = (x: Exchange) => `projects/${x.params["project"]}`;
  const secret = (x: Exchange) => `${parent(x)}/secrets/${x.params["secret"]}`;
  const named = (x: Exchange) => ({ name: `${secret(x)}/versions/${x.params["version"]}` });
  const withEtag = async (x: Exchange) => ({ ...named(x), ...textOf("etag", (await readRestBody(x))["etag"]) });

  return [
    {
      call: "secrets.list",
      method: "GET",
      path: secrets,
      handle(x) {
        const { items, total, ...next } = requests.list(listOf(x, parent(x)));
        sendJson(x, 200, { secrets: items.map(toSecret), totalSize: total, ...next });
      },
    },
    {
      call: "secrets.create",
      method: "POST",
      path: secrets,
      async handle(x) {
        const secretId = x.query.get("secretId") ?? "";
        const created = requests.create({ parent: parent(x), secretId, secret: readSecret(await readRestBody(x)) });
        sendJson(x, 200, toSecret(created));
      },
    },
    {
      call: "secrets.addVersion",
      method: "POST",
      path: `${one}:addVersion`,
      async handle(x) {
        const payload = readPayload((await readRestBody(x))["payload"]);
        sendJson(x, 200, toVersion(requests.add({ parent: secret(x), ...payload })));
      },
    },
    {
      call: "secrets.get",
      method: "GET",
      path: one,
      handle: (x) => sendJson(x, 200, toSecret(requests.get({ name: secret(x) }))),
    },
    {
      call: "secrets.patch",
      method: "PATCH",
      path: one,
      async handle(x) {
        const paths = (x.query.get("updateMask") ?? "").split(",").filter((path) => path !== "");
        const changed = { ...readSecret(await readRestBody(x)), name: secret(x) };
        sendJson(x, 200, toSecret(requests.update({ secret: changed, updateMask: { paths } })));
      },
    },
    {
      call: "secrets.delete",
      method: "DELETE",
      path: one,
      handle(x) {
        requests.remove({ name: secret(x), ...textOf("etag", x.query.get("etag")) });
        sendJson(x, 200, {});
      },
    },
    {
      call: "secrets.versions.list",
      method: "GET",
      path: `${one}/versions`,
      handle(x) {
        const { items, total, ...next } = requests.versions(listOf(x, secret(x)));
        sendJson(x, 200, { versions: items.map(toVersion), totalSize: total, ...next });
      },
    },
    {
      call: "secrets.versions.access",
      method: "GET",
      path: `${version}:access`,
      handle(x) {
        const { version, data, checksum } = requests.access(named(x));
        const payload = { data: data.toString("base64"), dataCrc32c: checksum };
        sendJson(x, 200, { name: versionName(version.secret, version.number), payload });
      },
    },
    {
      call: "secrets.versions.get",
      method: "GET",
      path: version,
      handle: (x) => sendJson(x, 200, toVersion(requests.version(named(x)))),
    },
    ...(["enable", "disable", "destroy"] as const).map(
      (change): Route => ({
        call: `secrets.versions.${change}`,
        method: "POST",
        path: `${version}:${change}`,
        handle: async (x) => sendJson(x, 200, toVersion(requests[change](await withEtag(x)))),
      }),
    ),
  ];
}

function listOf(x: Exchange, parent: string): ListRequest {
  const size = x.query.get("pageSize") ?? "0";
  if (!/^\d{1,9}$/.test(size)) throw new ApiFault("INVALID_ARGUMENT", "Invalid value at 'page_size'.");
  const filter = x.query.get("filter") ?? "";
  return { parent, pageSize: Number(size), pageToken: x.query.get("pageToken") ?? "", filter };
}

const known = new Set("name replication createTime labels annotations versionAliases etag".split(" "));

function readSecret(body: Record<string, unknown>): SecretInput {
  const { automatic } = (body as SecretInput).replication ?? {};
  const unserved = Object.entries({ ...body, ...automatic }).find(([name, value]) => !known.has(name) && asks(value));
  if (unserved === undefined) return body as SecretInput;
  throw new ApiFault("UNIMPLEMENTED", `The field ${unserved[0]} is not served by this local cloud.`);
}

/** Clients also send fields that they leave empty. */
function asks(value: unknown): boolean {
  if (value === null || value === "" || value === "SECRET_TYPE_UNSPECIFIED") return false;
  return typeof value !== "object" || Object.keys(value ?? {}).length > 0;
}

function readPayload(value: unknown) {
  if (typeof value !== "object" || value === null) return {};
  const { data = "", dataCrc32c } = value as { data?: unknown; dataCrc32c?: unknown };
  if (typeof data !== "string") throw new ApiFault("INVALID_ARGUMENT", "Invalid value at 'payload.data'.");
  const checksum = dataCrc32c === undefined ? {} : { dataCrc32c: String(dataCrc32c) };
  return { payload: { data: Buffer.from(data, "base64"), ...checksum } };
}

function textOf<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  return typeof value === "string" ? ({ [key]: value } as { readonly [P in K]?: string }) : {};
}

function toSecret(secret: Secret) {
  const { labels, annotations, versionAliases, locations } = secret;
  const replication =
    locations === undefined
      ? { automatic: {} }
      : { userManaged: { replicas: locations.map((location) => ({ location })) } };
  return {
    name: secretName(secret.id),
    createTime: new Date(secret.createdAt).toISOString(),
    replication,
    labels,
    annotations,
    versionAliases,
    etag: etagOf(secret),
  };
}

function toVersion(version: Version) {
  return {
    name: versionName(version.secret, version.number),
    createTime: new Date(version.createdAt).toISOString(),
    ...(version.destroyedAt === undefined ? {} : { destroyTime: new Date(version.destroyedAt).toISOString() }),
    state: version.state,
    replicationStatus: { automatic: {} },
    etag: etagOf(version),
    clientSpecifiedPayloadChecksum: version.hadChecksum,
  };
}
