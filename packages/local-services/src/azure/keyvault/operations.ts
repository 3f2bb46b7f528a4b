import type { Store } from "../../core/types.ts";
import { type AzureRequest, readBody } from "../wire/request.ts";
import { deletion, readSettings, secretBundle, secretItem } from "./bundle.ts";
import { badParameter, isDeleted, isDisabled, notDeleted, secretNotFound } from "./errors.ts";
import {
  addVersion,
  changeVersion,
  findSecret,
  findVersion,
  listSecrets,
  listVersions,
  markDeleted,
  purge,
  type Secret,
  type SecretVersion,
} from "./secrets.ts";

export interface KeyVaultCall {
  readonly request: AzureRequest;
  readonly store: Store;
  /** From the path; empty where it has none. */
  readonly name: string;
  readonly version: string;
  /** "https://127.0.0.1:4003", as clients reach it. */
  readonly vault: string;
  /** 32 hex digits. */
  readonly newVersionId: () => string;
}

/** A row of the table of operations. `answer` gives the body; without one the status is 204. */
export interface KeyVaultOperation {
  readonly name: string;
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  readonly path: string;
  readonly answer: (call: KeyVaultCall) => Promise<object | undefined> | object | undefined;
}

/** Every call of Key Vault that is answered. https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups */
export const keyVaultOperations: readonly KeyVaultOperation[] = [
  { name: "Set Secret", method: "PUT", path: "/secrets/{name}", answer: setSecret },
  { name: "Get Secret", method: "GET", path: "/secrets/{name}", answer: getSecret },
  { name: "Get Secret", method: "GET", path: "/secrets/{name}/{version}", answer: getSecret },
  { name: "Update Secret", method: "PATCH", path: "/secrets/{name}", answer: updateSecret },
  { name: "Update Secret", method: "PATCH", path: "/secrets/{name}/{version}", answer: updateSecret },
  { name: "Get Secrets", method: "GET", path: "/secrets", answer: getSecrets },
  { name: "Get Secret Versions", method: "GET", path: "/secrets/{name}/versions", answer: getVersions },
  { name: "Delete Secret", method: "DELETE", path: "/secrets/{name}", answer: deleteSecret },
  { name: "Get Deleted Secret", method: "GET", path: "/deletedsecrets/{name}", answer: getDeletedSecret },
  { name: "Get Deleted Secrets", method: "GET", path: "/deletedsecrets", answer: getDeletedSecrets },
  { name: "Recover Deleted Secret", method: "POST", path: "/deletedsecrets/{name}/recover", answer: recoverSecret },
  { name: "Purge Deleted Secret", method: "DELETE", path: "/deletedsecrets/{name}", answer: purgeSecret },
];

const MAX_VALUE = 25 * 1024;
const seconds = ({ request }: KeyVaultCall): number => Math.floor(request.now / 1000);
const idOf = ({ vault }: KeyVaultCall, name: string, version?: string): string =>
  `${vault}/secrets/${name}${version === undefined ? "" : `/${version}`}`;

async function body({ request }: KeyVaultCall): Promise<string> {
  return (await readBody(request.raw, 256 * 1024)).toString();
}

async function setSecret(call: KeyVaultCall): Promise<object> {
  const { value, ...settings } = readSettings(await body(call));
  const { store, name } = call;
  if (!/^[0-9A-Za-z-]{1,127}$/.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
  if (value === undefined) throw badParameter("Property value is required.");
  if (Buffer.byteLength(value) > MAX_VALUE) throw badParameter("The secret value is larger than 25KB.");
  const now = seconds(call);
  const version: SecretVersion = { id: call.newVersionId(), value, ...settings, created: now, updated: now };
  return store.records.transaction(() => {
    const before = findSecret(store, name);
    if (before?.deletedAt !== undefined) throw isDeleted(name);
    addVersion(store, name, version);
    return secretBundle(idOf(call, before?.name ?? name, version.id), version);
  });
}

/** A secret that is there and not deleted, and the version that the call names. */
function demand(call: KeyVaultCall): { readonly secret: Secret; readonly version: SecretVersion } {
  const secret = findSecret(call.store, call.name);
  const id = call.version === "" ? secret?.latest : call.version;
  const version = secret === undefined || id === undefined ? undefined : findVersion(call.store, call.name, id);
  if (secret === undefined || version === undefined || secret.deletedAt !== undefined) throw secretNotFound(call.name);
  return { secret, version };
}

function getSecret(call: KeyVaultCall): object {
  const { secret, version } = demand(call);
  if (version.enabled === false) throw isDisabled("get");
  return secretBundle(idOf(call, secret.name, version.id), version);
}

async function updateSecret(call: KeyVaultCall): Promise<object> {
  const { value: _never, ...settings } = readSettings(await body(call));
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return call.store.records.transaction(() => {
    const { secret, version } = demand(call);
    const changed: SecretVersion = { ...version, ...given, updated: seconds(call) };
    changeVersion(call.store, call.name, changed);
    return secretItem(idOf(call, secret.name, version.id), changed);
  });
}

function getSecrets(call: KeyVaultCall): object {
  return pageOf(call, "/secrets", (from, limit) =>
    listSecrets(call.store, false, from, limit).map((secret) => ({
      at: secret.name.toLowerCase(),
      item: secretItem(idOf(call, secret.name), findVersion(call.store, secret.name, secret.latest)!),
    })),
  );
}

function getVersions(call: KeyVaultCall): object {
  const { secret } = demand({ ...call, version: "" });
  return pageOf(call, `/secrets/${secret.name}/versions`, (from, limit) =>
    listVersions(call.store, secret.name, from, limit).map((version) => ({
      at: version.id,
      item: secretItem(idOf(call, secret.name, version.id), version),
    })),
  );
}

function deletedBundle(call: KeyVaultCall, secret: Secret): object {
  const version = findVersion(call.store, secret.name, secret.latest)!;
  return { ...secretItem(idOf(call, secret.name, version.id), version), ...deletion(call.vault, secret) };
}

function deleteSecret(call: KeyVaultCall): object {
  return call.store.records.transaction(() =>
    deletedBundle(call, markDeleted(call.store, demand(call).secret, seconds(call))),
  );
}

function demandDeleted(call: KeyVaultCall): Secret {
  const secret = findSecret(call.store, call.name);
  if (secret?.deletedAt === undefined) throw notDeleted(call.name);
  return secret;
}

function getDeletedSecret(call: KeyVaultCall): object {
  return deletedBundle(call, demandDeleted(call));
}

function getDeletedSecrets(call: KeyVaultCall): object {
  return pageOf(call, "/deletedsecrets", (from, limit) =>
    listSecrets(call.store, true, from, limit).map((secret) => {
      const version = findVersion(call.store, secret.name, secret.latest)!;
      const item = { ...secretItem(idOf(call, secret.name), version), ...deletion(call.vault, secret) };
      return { at: secret.name.toLowerCase(), item };
    }),
  );
}

function recoverSecret(call: KeyVaultCall): object {
  return call.store.records.transaction(() => {
    const secret = markDeleted(call.store, demandDeleted(call), undefined);
    const version = findVersion(call.store, secret.name, secret.latest)!;
    return secretItem(idOf(call, secret.name, version.id), version);
  });
}

function purgeSecret(call: KeyVaultCall): undefined {
  purge(call.store, demandDeleted(call).name);
}

const MAX_PAGE = 25;

/** A page and the link to the next; `read` gives up to one more than the limit, so that the end shows. */
function pageOf(
  { request, vault }: KeyVaultCall,
  path: string,
  read: (from: string, limit: number) => readonly { readonly at: string; readonly item: object }[],
): object {
  const asked = request.query.get("maxresults");
  const limit = asked === undefined ? MAX_PAGE : Number(asked);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) throw badParameter("maxresults must be 1 to 25.");
  const found = read(Buffer.from(request.query.get("$skiptoken") ?? "", "base64url").toString(), limit);
  const next = found[limit];
  const query = new URLSearchParams({
    "api-version": request.query.get("api-version") ?? "",
    maxresults: String(limit),
  });
  if (next !== undefined) query.set("$skiptoken", Buffer.from(next.at).toString("base64url"));
  const nextLink = next === undefined ? null : `${vault}${path}?${query.toString()}`;
  return { value: found.slice(0, limit).map(({ item }) => item), nextLink };
}
