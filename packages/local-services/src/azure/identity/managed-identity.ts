import { equalTexts } from "../../core/credentials.ts";
import type { LocalService, ProtocolContext } from "../../core/types.ts";
import type { AzureAccount } from "../account.ts";
import { issueAccessToken } from "../auth/access-token.ts";
import { AzureFailure } from "../wire/failure.ts";
import type { AzureRequest } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { serving } from "../wire/serve.ts";

/**
 * The endpoint from which an instance gets tokens, as App Service and Container Apps have it: IDENTITY_ENDPOINT is
 * http://127.0.0.1:4004/msi/token, IDENTITY_HEADER the announced identityToken.
 * https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference
 */
export function identityService(context: ProtocolContext, account: AzureAccount, newId: () => string): LocalService {
  const answer = async (request: AzureRequest) => token(request, account);
  const handle = serving({ now: context.now, requestId: newId, answer, failed });
  return { name: "identity", transport: "http", handle };
}

export const identityOperations = [{ name: "Get Token", method: "GET", path: "/msi/token" }] as const;

function token(request: AzureRequest, account: AzureAccount): AzureResponse {
  const [operation] = identityOperations;
  if (request.method !== operation.method || request.rawPath !== operation.path) {
    throw new AzureFailure(404, "NotFound", "There is nothing at this address.");
  }
  if (!equalTexts(request.header("x-identity-header") ?? "", account.identityToken)) {
    throw new AzureFailure(401, "Unauthorized", "X-IDENTITY-HEADER is missing or wrong.");
  }
  const resource = request.query.get("resource") ?? "";
  const clientId = request.query.get("client_id") ?? account.clientId;
  if (resource === "") throw new AzureFailure(400, "BadRequest", "The resource parameter is missing.");
  if (request.query.get("api-version") !== "2019-08-01") {
    throw new AzureFailure(400, "UnsupportedApiVersion", "The api-version parameter must be 2019-08-01.");
  }
  const isOther = clientId !== account.clientId || request.query.has("mi_res_id");
  const objectId = request.query.get("object_id") ?? request.query.get("principal_id") ?? account.objectId;
  if (isOther || objectId !== account.objectId) {
    throw new AzureFailure(
      400,
      "BadRequest",
      "No User Assigned or Delegated Managed Identity found for the specified id.",
    );
  }
  const { token: accessToken, expiresOn } = issueAccessToken(account, resource, request.now);
  const answer = {
    access_token: accessToken,
    expires_on: String(expiresOn),
    resource,
    token_type: "Bearer",
    client_id: account.clientId,
  };
  return json(200, answer);
}

const json = (status: number, body: object): AzureResponse => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  body: JSON.stringify(body),
});

const failed = (failure: AzureFailure): AzureResponse =>
  json(failure.status, {
    statusCode: failure.status,
    message: failure.message,
    error: { code: failure.code, message: failure.message },
  });
