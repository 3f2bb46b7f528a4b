import { randomBytes } from "node:crypto";
import type { LocalResource } from "@trimaran/contract";
import type { LocalService, ProtocolContext } from "../../core/types.ts";
import { type RpcService, registerRpc } from "../grpc.ts";
import { type Route, serveHttp } from "../http.ts";
import { restManners } from "../rest.ts";
import type { Tokens } from "../tokens.ts";
import { secretRpc } from "./grpc.ts";
import { makeSecretRequests } from "./requests.ts";
import { secretRoutes } from "./rest.ts";
import { makeSecretStore } from "./store.ts";

export interface SecretServices {
  readonly grpc: LocalService;
  readonly rest: LocalService;
  readonly rpc: RpcService;
  readonly routes: readonly Route[];
  /** Makes the secret, and its first version where it has none. */
  ensure(resource: LocalResource & { readonly kind: "secret" }): void;
}

/** Secret Manager, in both of its transports on the same secrets. */
export function makeSecrets(context: ProtocolContext, tokens: Tokens): SecretServices {
  const { store, now } = context;
  const secrets = makeSecretStore(store.records, now);
  const requests = makeSecretRequests(secrets);
  const rpc = secretRpc(requests);
  const routes = secretRoutes(requests);
  return {
    rpc,
    routes,
    grpc: { name: "secretmanager", transport: "grpc", register: (server) => registerRpc(server, rpc, tokens) },
    rest: {
      name: "secretmanagerRest",
      transport: "https",
      handle: serveHttp({ scheme: "https", routes, ...restManners(tokens) }),
    },
    ensure({ name, first }) {
      store.records.transaction(() => {
        const blank = { labels: {}, annotations: {}, versionAliases: {} };
        const secret = secrets.find(name) ?? secrets.create({ id: name, ...blank });
        if (secret.newest > 0) return;
        const value = "value" in first ? first.value : randomBytes(first.generateBytes).toString("base64url");
        secrets.addVersion(name, Buffer.from(value), undefined);
      });
    },
  };
}
