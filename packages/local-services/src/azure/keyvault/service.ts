import type { LocalService, ProtocolContext } from "../../core/types.ts";
import type { AzureAccount } from "../account.ts";
import { checkAccessToken } from "../auth/access-token.ts";
import { AzureFailure } from "../wire/failure.ts";
import { type AzureRequest, decoded } from "../wire/request.ts";
import type { AzureResponse } from "../wire/response.ts";
import { serving } from "../wire/serve.ts";
import { badParameter, keyVaultError } from "./errors.ts";
import { type KeyVaultCall, type KeyVaultOperation, keyVaultOperations } from "./operations.ts";

const AUDIENCE = "https://vault.azure.net";

/** Secrets of one key vault, at https://127.0.0.1:4003/. */
export function keyVaultService(context: ProtocolContext, account: AzureAccount, newId: () => string): LocalService {
  const authority = () => `${context.endpoint("login")}/${account.tenant}`;
  const answer = async (request: AzureRequest): Promise<AzureResponse> => {
    checkToken(request, account, authority);
    if ((request.query.get("api-version") ?? "") === "") throw badParameter("api-version must be specified");
    const match = matching(request);
    if (match === undefined) {
      throw new AzureFailure(
        501,
        "NotImplemented",
        "The requested operation is not implemented on the specified resource.",
      );
    }
    const { operation, name, version } = match;
    const newVersionId = () => newId().replaceAll("-", "");
    const vault = context.endpoint("keyvault");
    const call: KeyVaultCall = { request, store: context.store, name, version, vault, newVersionId };
    const body = await operation.answer(call);
    if (body === undefined) return { status: 204 };
    return { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(body) };
  };
  const handle = serving({ now: context.now, requestId: newId, answer, failed: keyVaultError });
  return { name: "keyvault", transport: "https", handle };
}

/** Without a good token: the challenge from which clients learn where to get one, and for what. */
function checkToken(request: AzureRequest, account: AzureAccount, authority: () => string): void {
  const token = /^Bearer (\S+)$/i.exec(request.header("authorization") ?? "")?.[1];
  const verdict = token === undefined ? undefined : checkAccessToken(account, token, [AUDIENCE], request.now);
  if (verdict?.good === true) return;
  const message =
    verdict === undefined
      ? "AKV10000: Request is missing a Bearer or PoP token."
      : `AKV10032: The token was not accepted (${verdict.why}).`;
  throw new AzureFailure(401, "Unauthorized", message, {
    headers: { "www-authenticate": `Bearer authorization="${authority()}", resource="${AUDIENCE}"` },
  });
}

function matching(request: AzureRequest) {
  const parts = request.rawPath
    .split("/")
    .slice(1)
    .map((part) => decoded(part));
  // Clients that want the latest version leave its place empty.
  if (parts.at(-1) === "") parts.pop();
  const candidates = keyVaultOperations.filter((operation) => operation.method === request.method);
  // Fixed words go before placeholders: "versions" is no version.
  const fixed = (operation: KeyVaultOperation) => operation.path.split("{").length;
  for (const operation of candidates.sort((a, b) => fixed(a) - fixed(b))) {
    const wanted = operation.path.split("/").slice(1);
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((part, i) => part.startsWith("{") || part === parts[i])) continue;
    const value = (placeholder: string) => parts[wanted.indexOf(placeholder)] ?? "";
    return { operation, name: value("{name}"), version: value("{version}") };
  }
  return undefined;
}
