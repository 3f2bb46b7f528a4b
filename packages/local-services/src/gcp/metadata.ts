import type { LocalService } from "../core/types.ts";
import type { Exchange } from "./http.ts";
import { header, sendText, serveHttp } from "./http.ts";
import { projectId, projectNumber, scopes, serviceAccount, serviceAccountId } from "./project.ts";

export interface MetadataOptions {
  readonly region: string;
  readonly issueToken: () => { readonly token: string; readonly expiresInSeconds: number };
  /** A signed OpenID Connect token for this audience. */
  readonly issueIdentity: (audience: string) => string;
}

type Leaf = string | number | ((query: URLSearchParams) => string);
interface Tree {
  readonly [name: string]: Leaf | Tree;
}

const flavor = { "metadata-flavor": "Google", server: "Metadata Server for VM" };

/**
 * The metadata server of Compute Engine, from which the client libraries' default credentials come.
 * https://cloud.google.com/compute/docs/metadata/overview
 */
export function makeMetadata(options: MetadataOptions): LocalService {
  const tree: Tree = { computeMetadata: { v1: metadataTree(options) } };
  const handle = serveHttp({
    scheme: "http",
    routes: [{ call: "read", method: "GET", path: "/{path=**}", handle: (x) => answer(x, tree) }],
    refuse: (x, error) => {
      const status = error instanceof MetadataFault ? error.status : 500;
      sendText(x, status, error instanceof MetadataFault ? error.message : "Internal error", flavor);
    },
    unknown: () => new MetadataFault(405, "Method not allowed"),
  });
  return { name: "metadata", transport: "http", handle };
}

/** Every key that has a value. */
export function metadataKeys(options: MetadataOptions): readonly string[] {
  const walk = (node: Tree, path: string): readonly string[] =>
    Object.entries(node).flatMap(([name, value]) =>
      isTree(value) ? walk(value, `${path}${name}/`) : [`${path}${name}`],
    );
  return walk(metadataTree(options), "").filter((key) => !key.includes("@"));
}

class MetadataFault extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function metadataTree(options: MetadataOptions): Tree {
  const account: Tree = {
    aliases: "default",
    email: serviceAccount,
    identity: (query) => {
      const audience = query.get("audience");
      if (audience === null || audience === "") throw new MetadataFault(400, "non-empty audience parameter required");
      return options.issueIdentity(audience);
    },
    scopes: scopes.join("\n"),
    token: () => {
      const issued = options.issueToken();
      const body = { access_token: issued.token, expires_in: issued.expiresInSeconds, token_type: "Bearer" };
      return JSON.stringify(body);
    },
  };
  return {
    instance: {
      attributes: {},
      hostname: `local.c.${projectId}.internal`,
      id: Number(serviceAccountId.slice(-9)),
      name: "local",
      region: `projects/${projectNumber}/regions/${options.region}`,
      "service-accounts": { default: account, [serviceAccount]: account },
      zone: `projects/${projectNumber}/zones/${options.region}-a`,
    },
    project: { attributes: {}, "numeric-project-id": Number(projectNumber), "project-id": projectId },
    universe: { "universe-domain": "googleapis.com" },
  };
}

function answer(x: Exchange, tree: Tree) {
  const path = (x.params["path"] ?? "").split("/").filter((part) => part !== "");
  if (path.length > 0) {
    if (header(x.request, "x-forwarded-for") !== undefined) throw new MetadataFault(403, "X-Forwarded-For is refused");
    if (header(x.request, "metadata-flavor") !== "Google")
      throw new MetadataFault(403, "Missing required header: Metadata-Flavor");
  }
  let node: Leaf | Tree | undefined = tree;
  for (const part of path) node = isTree(node) && Object.hasOwn(node, part) ? node[part] : undefined;
  if (node === undefined) throw new MetadataFault(404, "The requested metadata key is not there");
  if (!isTree(node)) return sendLeaf(x, node);
  if (x.query.get("recursive")?.toLowerCase() === "true") return sendRecursive(x, node);
  if (!x.rawPath.endsWith("/")) {
    const search = x.request.url?.slice(x.rawPath.length) ?? "";
    return sendText(x, 301, "", { ...flavor, location: `${x.rawPath}/${search}` });
  }
  const names = Object.entries(node).map(([name, value]) => (isTree(value) ? `${name}/` : name));
  sendText(x, 200, names.map((name) => `${name}\n`).join(""), { ...flavor, "content-type": "application/text" });
}

function sendLeaf(x: Exchange, leaf: Leaf) {
  const text = typeof leaf === "function" ? leaf(x.query) : String(leaf);
  const type = text.startsWith("{") ? "application/json" : "application/text";
  sendText(x, 200, text, { ...flavor, "content-type": type });
}

/** Everything below a folder as JSON, with the names in camel case; tokens are only handed out one by one. */
function sendRecursive(x: Exchange, node: Tree) {
  sendText(x, 200, JSON.stringify(whole(node)), { ...flavor, "content-type": "application/json" });
}

function whole(node: Tree): Record<string, unknown> {
  const entries = Object.entries(node).filter(([, value]) => typeof value !== "function");
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const key = name.includes("@") ? name : name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
      if (isTree(value)) return [key, whole(value)];
      if (name === "scopes") return [key, String(value).split("\n")];
      return [key, name === "aliases" ? [value] : value];
    }),
  );
}

function isTree(node: Leaf | Tree | undefined): node is Tree {
  return typeof node === "object";
}
