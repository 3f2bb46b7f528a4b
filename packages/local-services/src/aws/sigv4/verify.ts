import type { IncomingMessage } from "node:http";
import { equalTexts } from "../../core/credentials.ts";
import { checkKey, type Identity } from "../keys.ts";
import { canonicalRequest, signingKey, signText, stringToSign } from "./canonical.ts";
import { parseSignature, type SignatureClaim } from "./parse.ts";

/** Why a request is refused; each service has its own words for it. */
export type Refusal =
  | "missing"
  | "version_2"
  | "malformed"
  | "wrong_scope"
  | "unsigned_headers"
  | "skewed"
  | "link_expired"
  | "unknown_key"
  | "invalid_token"
  | "expired_token"
  | "bad_signature";

export type Verdict =
  | { readonly ok: true; readonly identity: Identity; readonly claim: SignatureClaim; readonly signingKey: Buffer }
  | { readonly ok: false; readonly why: Refusal; readonly detail: string };

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and RequestTimeTooSkewed: 15 minutes. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Checks who signed the request and that it is what was signed. `payloadHash` as the canonical request has it. */
export function verifyRequest(
  request: IncomingMessage,
  query: URLSearchParams,
  payloadHash: string,
  how: { readonly rootKey: Uint8Array; readonly service: string; readonly now: number },
): Verdict {
  const parsed = parseSignature(request, query);
  if (parsed.found === "none") return refuse("missing", "the request carries no signature");
  if (parsed.found === "version_2") return refuse("version_2", "the request is signed with Signature Version 2");
  if (parsed.found === "malformed") return refuse("malformed", parsed.why);
  const { claim } = parsed;
  const time = checkTime(claim, how.now);
  if (time !== undefined) return time;
  if (claim.service !== how.service || !claim.amzDate.startsWith(claim.scopeDate)) {
    return refuse(
      "wrong_scope",
      `the credential should be scoped to the service ${how.service} and the request's date`,
    );
  }
  const unsigned = mustBeSigned(request).find((name) => !claim.signedHeaders.includes(name));
  if (unsigned !== undefined) return refuse("unsigned_headers", unsigned);
  const key = checkKey(how.rootKey, claim.accessKeyId, claim.sessionToken, how.now);
  if (!key.ok) return refuse(key.why, claim.accessKeyId);
  const signing = signingKey(key.secretAccessKey, claim);
  const wanted = signText(signing, stringToSign(claim, canonicalRequest(request, claim, payloadHash)));
  if (!equalTexts(wanted, claim.signature)) return refuse("bad_signature", claim.accessKeyId);
  return { ok: true, identity: key.identity, claim, signingKey: signing };
}

function checkTime(claim: SignatureClaim, now: number): Verdict | undefined {
  const at = Date.parse(claim.amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(at)) return refuse("malformed", "the date does not exist");
  if (claim.expiresSeconds === undefined) {
    return Math.abs(now - at) > MAX_SKEW_MS ? refuse("skewed", claim.amzDate) : undefined;
  }
  if (at - now > MAX_SKEW_MS) return refuse("link_expired", "Request is not yet valid");
  return now > at + claim.expiresSeconds * 1000 ? refuse("link_expired", "Request has expired") : undefined;
}

function mustBeSigned(request: IncomingMessage): string[] {
  return ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))];
}

function refuse(why: Refusal, detail: string): Verdict {
  return { ok: false, why, detail };
}
