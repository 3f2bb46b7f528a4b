import { equalTexts, issueToken, verifyToken } from "../../core/credentials.ts";
import type { LocalService, ProtocolContext } from "../../core/types.ts";
import { type AzureAccount, azureAccount } from "../account.ts";
import { issueAccessToken, TOKEN_MS } from "../auth/access-token.ts";
import { AzureFailure } from "../wire/failure.ts";
import { type AzureRequest, readBody } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { serving } from "../wire/serve.ts";

interface LoginCall {
  readonly request: AzureRequest;
  readonly account: AzureAccount;
  /** "https://127.0.0.1:4005", as clients reach it. */
  readonly url: string;
}

/** Every call of the login authority that is answered. `{tenant}` is the account's, and `common` where a path says so. */
export const loginOperations: readonly {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly answer: (call: LoginCall) => Promise<AzureResponse> | AzureResponse;
}[] = [
  { name: "Instance Discovery", method: "GET", path: "/common/discovery/instance", answer: instanceDiscovery },
  {
    name: "OpenID Configuration",
    method: "GET",
    path: "/{tenant}/v2.0/.well-known/openid-configuration",
    answer: openidConfiguration,
  },
  {
    name: "Token by Client Credentials",
    method: "POST",
    path: "/{tenant}/oauth2/v2.0/token",
    answer: tokenByCredentials,
  },
];

/** Where an application signs in with a secret or a federated assertion: the authority host of clients that use neither cloud nor managed identity. */
export function loginService(context: ProtocolContext, account: AzureAccount, newId: () => string): LocalService {
  const answer = async (request: AzureRequest) => {
    const path = request.rawPath.replace(`/${account.tenant}/`, "/{tenant}/");
    const operation = loginOperations.find((row) => row.method === request.method && row.path === path);
    if (operation === undefined) {
      throw new AzureFailure(400, "invalid_request", `AADSTS90002: Tenant or endpoint not found: ${request.rawPath}`);
    }
    return operation.answer({ request, account, url: context.endpoint("login") });
  };
  const handle = serving({ now: context.now, requestId: newId, answer, failed });
  return { name: "login", transport: "https", handle };
}

const KIND = "azure-federated";

/**
 * An assertion (JWT) that stands for the account's application at the login service, as a workload's identity token does in a
 * real federation. Valid for an hour; `now` in ms since 1970.
 */
export function issueFederatedToken(rootKey: Uint8Array, now: number): string {
  const { clientId } = azureAccount(rootKey);
  const claims = { aud: "api://AzureADTokenExchange" };
  return issueToken({ rootKey, kind: KIND, subject: clientId, expiresAt: now + TOKEN_MS, claims });
}

function instanceDiscovery({ url, account }: LoginCall): AzureResponse {
  const host = new URL(url).host;
  return json(200, {
    tenant_discovery_endpoint: `${url}/${account.tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}

function openidConfiguration({ url, account }: LoginCall): AzureResponse {
  const base = `${url}/${account.tenant}`;
  return json(200, {
    issuer: `${base}/v2.0`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    tenant_region_scope: null,
  });
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function tokenByCredentials({ request, account }: LoginCall): Promise<AzureResponse> {
  const form = new URLSearchParams((await readBody(request.raw, 64 * 1024)).toString());
  const field = (name: string) => form.get(name) ?? "";
  if (field("grant_type") !== "client_credentials") {
    throw new AzureFailure(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
  }
  if (field("client_id") !== account.clientId) {
    throw new AzureFailure(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.");
  }
  checkClient(field, account, request.now);
  const [, resource] = /(?:^| )(https:\/\/\S+?)\/?\/\.default(?: |$)/.exec(field("scope")) ?? [];
  if (resource === undefined) {
    throw new AzureFailure(400, "invalid_scope", "AADSTS1002012: The scope must end in /.default.");
  }
  const { token } = issueAccessToken(account, resource, request.now);
  const seconds = TOKEN_MS / 1000;
  return json(200, { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token });
}

function checkClient(field: (name: string) => string, account: AzureAccount, now: number): void {
  if (field("client_assertion") === "") {
    if (equalTexts(field("client_secret"), account.clientSecret)) return;
    throw new AzureFailure(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
  }
  const isJwt = field("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const check = verifyToken(account.rootKey, KIND, field("client_assertion"), now);
  if (isJwt && check.ok && check.token.subject === account.clientId) return;
  throw new AzureFailure(
    401,
    "invalid_client",
    "AADSTS700211: No matching federated identity record found for the presented assertion.",
  );
}

const json = (status: number, body: object): AzureResponse => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  body: JSON.stringify(body),
});

const failed = (
  failure: AzureFailure,
  { requestId, now }: { readonly requestId: string; readonly now: number },
): AzureResponse => {
  const number = Number(/AADSTS(\d+)/.exec(failure.message)?.[1] ?? 0);
  return json(failure.status, {
    error: failure.code,
    error_description: `${failure.message} Trace ID: ${requestId} Timestamp: ${new Date(now).toISOString()}`,
    error_codes: [number],
    timestamp: new Date(now).toISOString(),
    trace_id: requestId,
    correlation_id: requestId,
  });
};
