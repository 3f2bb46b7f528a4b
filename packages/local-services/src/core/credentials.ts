import { createHmac, timingSafeEqual } from "node:crypto";
import type { Json } from "@trimaran/contract";

/**
 * Credentials without state: all of them follow from the root key, so what one local cloud issued, another one with the same
 * root key accepts, also after a restart.
 */
export interface TokenContent {
  /** What the token is good for, such as "aws-session": a token of one kind is never taken for another. */
  readonly kind: string;
  readonly subject: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  readonly claims?: Readonly<Record<string, Json>>;
}
export type TokenCheck =
  | { readonly ok: true; readonly token: Required<TokenContent> }
  | { readonly ok: false; readonly why: "malformed" | "forged" | "expired" };

interface Payload {
  readonly kind: string;
  readonly sub: string;
  readonly exp: number;
  readonly claims: Readonly<Record<string, Json>>;
}

const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT" })).toString("base64url");

/** 32 bytes for one purpose; who knows them learns nothing about the root key or another purpose's bytes. */
export function deriveKey(rootKey: Uint8Array, purpose: string): Buffer {
  return createHmac("sha256", rootKey).update(purpose).digest();
}

/** A signed token (JWT with HS256, RFC 7519). `expiresAt` is rounded down to the second. */
export function issueToken({ rootKey, ...token }: TokenContent & { readonly rootKey: Uint8Array }): string {
  const payload: Payload = {
    kind: token.kind,
    sub: token.subject,
    exp: Math.floor(token.expiresAt / 1000),
    claims: token.claims ?? {},
  };
  const text = `${HEADER}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  return `${text}.${sign(rootKey, token.kind, text)}`;
}

/** Checks signature, kind and expiry. `now` in ms since 1970. */
export function verifyToken(rootKey: Uint8Array, kind: string, text: string, now: number): TokenCheck {
  const [header, body, signature, ...rest] = text.split(".");
  if (header !== HEADER || body === undefined || signature === undefined || rest.length > 0) {
    return { ok: false, why: "malformed" };
  }
  if (!equalTexts(signature, sign(rootKey, kind, `${header}.${body}`))) return { ok: false, why: "forged" };
  const payload = JSON.parse(Buffer.from(body, "base64url").toString()) as Payload;
  const expiresAt = payload.exp * 1000;
  if (expiresAt <= now) return { ok: false, why: "expired" };
  return { ok: true, token: { kind, subject: payload.sub, expiresAt, claims: payload.claims } };
}

/** In a time that says nothing about where they differ. */
export function equalTexts(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function sign(rootKey: Uint8Array, kind: string, text: string): string {
  return createHmac("sha256", deriveKey(rootKey, `token/${kind}`))
    .update(text)
    .digest("base64url");
}
