import { createHmac, timingSafeEqual } from "node:crypto";

/** The cookie that keeps a browser on one instance. Its value names site and target, and nobody but the gateway can make one. */
export const COOKIE = "trimaran";

/** Names may hold characters that a cookie may not (RFC 6265, 4.1.1); dots part the fields. */
const encode = (name: string) => Buffer.from(name, "utf8").toString("base64url");
const decode = (field: string) => Buffer.from(field, "base64url").toString("utf8");

/** `keyHex`: 32 bytes. The same for the same site and target, so that it is made once and kept. */
export function cookieValue(keyHex: string, site: string, target: string): string {
  const named = `${encode(site)}.${encode(target)}`;
  const mac = createHmac("sha256", Buffer.from(keyHex, "hex")).update(named).digest("base64url");
  return `${named}.${mac}`;
}

/** The Set-Cookie field: for the session, all paths, out of reach of scripts. */
export function setCookie(value: string, secure: boolean): string {
  return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

export interface Claim {
  readonly site: string;
  readonly target: string;
  readonly value: string;
}

/** What a Cookie field claims, not yet believed: see `isGenuine`. */
export function claimed(cookieField: string): Claim | undefined {
  for (const pair of cookieField.split(";")) {
    const at = pair.indexOf("=");
    if (at === -1 || pair.slice(0, at).trim() !== COOKIE) continue;
    const value = pair.slice(at + 1).trim();
    const [site, target, mac, more] = value.split(".");
    if (!site || !target || !mac || more !== undefined) continue;
    return { site: decode(site), target: decode(target), value };
  }
  return undefined;
}

/** Compares in constant time with what we would have given out. */
export function isGenuine(claim: Claim, expected: string): boolean {
  const a = Buffer.from(claim.value);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
