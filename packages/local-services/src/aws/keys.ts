import { createHmac } from "node:crypto";
import { deriveKey, equalTexts, issueToken, verifyToken } from "../core/credentials.ts";
import { ADMIN_USER_ARN } from "./account.ts";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
export interface AwsSession extends AwsKeys {
  readonly sessionToken: string;
  readonly expiresAt: number;
}
export interface Identity {
  readonly arn: string;
  readonly accessKeyId: string;
}
export type KeyCheck =
  | { readonly ok: true; readonly identity: Identity; readonly secretAccessKey: string }
  | { readonly ok: false; readonly why: "unknown_key" | "invalid_token" | "expired_token" };

const SESSION_KIND = "aws-session";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** 16 characters of an id are 80 bits: 48 that say something, 32 that prove that we said it. */
const SAYS_BYTES = 6;

/** A session's keys: the id carries the expiry, the token who it is; the secret follows from the id. Deterministic. */
export function issueSession(rootKey: Uint8Array, arn: string, expiresAt: number): AwsSession {
  const seconds = Math.floor(expiresAt / 1000);
  const says = Buffer.alloc(SAYS_BYTES);
  says.writeUInt32BE(seconds);
  says.writeUInt16BE(createHmac("sha256", rootKey).update(arn).digest().readUInt16BE(), 4);
  const accessKeyId = keyId(rootKey, "ASIA", says);
  const claims = { accessKeyId };
  const sessionToken = issueToken({ rootKey, kind: SESSION_KIND, subject: arn, expiresAt, claims });
  return { accessKeyId, secretAccessKey: secretOf(rootKey, accessKeyId), sessionToken, expiresAt: seconds * 1000 };
}

/** The administrator's keys, for use by hand: no token, no expiry. */
export function longLivedKeys(rootKey: Uint8Array): AwsKeys {
  const accessKeyId = keyId(rootKey, "AKIA", deriveKey(rootKey, "aws/admin").subarray(0, SAYS_BYTES));
  return { accessKeyId, secretAccessKey: secretOf(rootKey, accessKeyId) };
}

/** Whose id this is and with which secret it signs. `now` in ms since 1970. */
export function checkKey(
  rootKey: Uint8Array,
  accessKeyId: string,
  sessionToken: string | undefined,
  now: number,
): KeyCheck {
  const secretAccessKey = secretOf(rootKey, accessKeyId);
  if (accessKeyId === longLivedKeys(rootKey).accessKeyId) {
    if (sessionToken !== undefined) return { ok: false, why: "invalid_token" };
    return { ok: true, identity: { arn: ADMIN_USER_ARN, accessKeyId }, secretAccessKey };
  }
  const says = decodeId(accessKeyId);
  if (says === undefined || !equalTexts(keyId(rootKey, "ASIA", says), accessKeyId) || sessionToken === undefined) {
    return { ok: false, why: "unknown_key" };
  }
  const check = verifyToken(rootKey, SESSION_KIND, sessionToken, now);
  if (!check.ok) return { ok: false, why: check.why === "expired" ? "expired_token" : "invalid_token" };
  if (check.token.claims["accessKeyId"] !== accessKeyId) return { ok: false, why: "invalid_token" };
  return { ok: true, identity: { arn: check.token.subject, accessKeyId }, secretAccessKey };
}

function keyId(rootKey: Uint8Array, prefix: "ASIA" | "AKIA", says: Uint8Array): string {
  const proof = createHmac("sha256", deriveKey(rootKey, `aws/key-id/${prefix}`))
    .update(says)
    .digest();
  const bits = BigInt(`0x${Buffer.concat([says, proof.subarray(0, 4)]).toString("hex")}`);
  let text = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += BASE32[Number((bits >> shift) & 31n)];
  return prefix + text;
}

function decodeId(accessKeyId: string): Uint8Array | undefined {
  if (!/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const letter of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(letter));
  return Buffer.from(bits.toString(16).padStart(20, "0"), "hex").subarray(0, SAYS_BYTES);
}

function secretOf(rootKey: Uint8Array, accessKeyId: string): string {
  return createHmac("sha256", deriveKey(rootKey, "aws/secret-keys"))
    .update(accessKeyId)
    .digest("base64url")
    .slice(0, 40);
}
