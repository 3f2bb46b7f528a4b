import { issueToken, verifyToken } from "../core/credentials.ts";
import { serviceAccount } from "./project.ts";

/** Access tokens of the one service account. */
export interface Tokens {
  issue(lifetimeSeconds?: number): { readonly token: string; readonly expiresInSeconds: number };
  /** Judges an Authorization header. */
  check(authorization: string | undefined): "valid" | "missing" | "invalid";
}

const kind = "gcp-access";
const usualLifetimeSeconds = 3600;

/** `now` in ms since 1970. */
export function makeTokens(rootKey: Uint8Array, now: () => number): Tokens {
  return {
    issue(lifetimeSeconds = usualLifetimeSeconds) {
      const expiresAt = now() + lifetimeSeconds * 1000;
      const token = issueToken({ rootKey, kind, subject: serviceAccount, expiresAt });
      // The token ends on a whole second; a client must not count on the part that was cut off.
      return { token, expiresInSeconds: lifetimeSeconds - 1 };
    },
    check(authorization) {
      if (authorization === undefined || authorization === "") return "missing";
      const bearer = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1];
      return bearer !== undefined && verifyToken(rootKey, kind, bearer, now()).ok ? "valid" : "invalid";
    },
  };
}
