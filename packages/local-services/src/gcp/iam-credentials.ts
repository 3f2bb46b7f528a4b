import type { LocalService } from "../core/types.ts";
import { ApiFault } from "./faults.ts";
import { type Exchange, type Route, sendJson, serveHttp } from "./http.ts";
import type { SigningKey } from "./keys.ts";
import { serviceAccount, serviceAccountId } from "./project.ts";
import { readRestBody, restManners } from "./rest.ts";
import type { Tokens } from "./tokens.ts";

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts */
export function iamCredentialsRoutes(tokens: Tokens, key: SigningKey, now: () => number): readonly Route[] {
  const signBlob = async (x: Exchange) => {
    demandAccount(x);
    const { payload } = await readRestBody(x);
    if (typeof payload !== "string") throw new ApiFault("INVALID_ARGUMENT", "payload is required.");
    const signature = key.sign(Buffer.from(payload, "base64"));
    sendJson(x, 200, { keyId: key.id(), signedBlob: signature.toString("base64") });
  };
  const generateIdToken = async (x: Exchange) => {
    demandAccount(x);
    const { audience } = await readRestBody(x);
    if (typeof audience !== "string" || audience === "")
      throw new ApiFault("INVALID_ARGUMENT", "audience is required.");
    sendJson(x, 200, { token: key.identityToken(audience) });
  };
  const generateAccessToken = async (x: Exchange) => {
    demandAccount(x);
    const { lifetime = "3600s" } = await readRestBody(x);
    const seconds = Number(/^(\d+)s$/.exec(String(lifetime))?.[1]);
    if (!(seconds > 1 && seconds <= 3600)) throw new ApiFault("INVALID_ARGUMENT", "lifetime must be 1s to 3600s.");
    const issued = tokens.issue(seconds);
    const expireTime = new Date(now() + issued.expiresInSeconds * 1000).toISOString();
    sendJson(x, 200, { accessToken: issued.token, expireTime });
  };
  const path = "/v1/projects/-/serviceAccounts/{account}";
  return [
    { call: "signBlob", method: "POST", path: `${path}:signBlob`, handle: signBlob },
    { call: "generateIdToken", method: "POST", path: `${path}:generateIdToken`, handle: generateIdToken },
    { call: "generateAccessToken", method: "POST", path: `${path}:generateAccessToken`, handle: generateAccessToken },
  ];
}

export function makeIamCredentials(routes: readonly Route[], tokens: Tokens): LocalService {
  const handle = serveHttp({ scheme: "https", routes, ...restManners(tokens) });
  return { name: "iamcredentials", transport: "https", handle };
}

function demandAccount(x: Exchange): void {
  const { account } = x.params;
  if (account === serviceAccount || account === serviceAccountId) return;
  throw new ApiFault(
    "PERMISSION_DENIED",
    "Permission 'iam.serviceAccounts.signBlob' denied on resource (or it may not exist).",
  );
}
