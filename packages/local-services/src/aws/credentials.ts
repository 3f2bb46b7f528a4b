import type { IncomingMessage, ServerResponse } from "node:http";
import { deriveKey, equalTexts } from "../core/credentials.ts";
import type { LocalService } from "../core/types.ts";
import { assumedRoleArn, roleArn, TASK_ROLE } from "./account.ts";
import { issueSession } from "./keys.ts";

/** Sessions of the container credentials endpoint live this long; SDKs fetch new ones some minutes before the end. */
const SESSION_MS = 3600 * 1000;

/** What the Authorization header of a request for credentials must hold. */
export function credentialsToken(rootKey: Uint8Array): string {
  return deriveKey(rootKey, "aws/container-credentials").toString("base64url");
}

/**
 * The container credentials endpoint, from which every AWS SDK's default chain takes its keys when
 * AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN are set:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function makeCredentialsService(rootKey: Uint8Array, now: () => number): LocalService {
  const token = credentialsToken(rootKey);
  return {
    name: "credentials",
    transport: "http",
    handle(request: IncomingMessage, response: ServerResponse) {
      request.resume();
      const path = (request.url ?? "/").split("?")[0];
      if (request.method !== "GET" || path !== "/v2/credentials") {
        answer(response, 404, { code: "NotFound", message: "Only GET /v2/credentials is here" });
        return;
      }
      if (!equalTexts(request.headers.authorization ?? "", token)) {
        answer(response, 401, { code: "Unauthorized", message: "The authorization token is missing or wrong" });
        return;
      }
      const session = issueSession(rootKey, assumedRoleArn(TASK_ROLE, "local"), now() + SESSION_MS);
      answer(response, 200, {
        RoleArn: roleArn(TASK_ROLE),
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        Token: session.sessionToken,
        Expiration: new Date(session.expiresAt).toISOString().replace(/\.\d{3}/, ""),
      });
    },
  };
}

function answer(response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
