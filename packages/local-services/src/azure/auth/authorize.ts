import type { AzureAccount } from "../account.ts";
import { AzureFailure } from "../wire/failure.ts";
import type { AzureRequest } from "../wire/request.ts";
import { checkAccessToken } from "./access-token.ts";
import type { Grant } from "./grant.ts";
import { checkSas, type SasTarget } from "./sas.ts";
import { checkSharedKey } from "./shared-key.ts";

const storageAudiences = ["https://storage.azure.com", "https://cosmos.azure.com"];

/** Who calls a storage service, by whichever of its three kinds of credentials. Throws `AzureFailure` where it is nobody. */
export function authorize(
  request: AzureRequest,
  target: SasTarget,
  account: AzureAccount,
  authority: () => string,
): Grant {
  const header = request.header("authorization");
  if (header === undefined && request.query.has("sig")) return checkSas(request, target, account);
  if (header === undefined) {
    throw unauthorized(
      "NoAuthenticationInformation",
      "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
      authority(),
    );
  }
  if (header.startsWith("SharedKey")) {
    checkSharedKey(request, target.service, account);
    return { by: "key", overrides: {}, refuses: () => undefined };
  }
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new AzureFailure(
      400,
      "InvalidAuthenticationInfo",
      "Authentication information is not given in the correct format. Check the value of Authorization header.",
    );
  }
  const verdict = checkAccessToken(account, token, storageAudiences, request.now);
  if (!verdict.good) {
    throw unauthorized(
      "InvalidAuthenticationInfo",
      "Server failed to authenticate the request.",
      authority(),
      whys[verdict.why],
    );
  }
  return { by: "token", overrides: {}, ...verdict.claims, refuses: () => undefined };
}

const whys = {
  malformed: "IDX12741: JWT must have three segments.",
  forged: "Signature validation failed.",
  expired: "Lifetime validation failed. The token is expired.",
  audience: "Audience validation failed. Audience did not match.",
} as const;

const unauthorized = (code: string, message: string, authority: string, detail?: string): AzureFailure =>
  new AzureFailure(401, code, message, {
    headers: {
      "www-authenticate": `Bearer authorization_uri=${authority}/oauth2/authorize resource_id=https://storage.azure.com`,
    },
    ...(detail === undefined ? {} : { details: { AuthenticationErrorDetail: detail } }),
  });
