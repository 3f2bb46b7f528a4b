import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import type { RecordCore } from "../core/types.ts";
import { serviceAccount, serviceAccountId } from "./project.ts";

/** The service account's RSA key: made when it is first needed, kept in the store. */
export interface SigningKey {
  readonly id: () => string;
  sign(data: Uint8Array): Buffer;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
  /** An OpenID Connect token in the form of Google's: https://cloud.google.com/compute/docs/instances/verifying-instance-identity */
  identityToken(audience: string): string;
}

const space = "keys";
const name = "service-account";

/** `now` in ms since 1970. */
export function makeSigningKey(records: RecordCore, now: () => number): SigningKey {
  let pair: { readonly id: string; readonly secret: KeyObject; readonly open: KeyObject } | undefined;
  const key = () => (pair ??= loadOrMake(records));
  const jwtPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const self: SigningKey = {
    id: () => key().id,
    sign: (data) => sign("RSA-SHA256", data, key().secret),
    verify: (data, signature) => verify("RSA-SHA256", data, key().open, signature),
    identityToken(audience) {
      const at = Math.floor(now() / 1000);
      const payload = {
        aud: audience,
        azp: serviceAccountId,
        email: serviceAccount,
        email_verified: true,
        exp: at + 3600,
        iat: at,
        iss: "https://accounts.google.com",
        sub: serviceAccountId,
      };
      const text = `${jwtPart({ alg: "RS256", kid: key().id, typ: "JWT" })}.${jwtPart(payload)}`;
      return `${text}.${self.sign(Buffer.from(text)).toString("base64url")}`;
    },
  };
  return self;
}

function loadOrMake(records: RecordCore) {
  let pem = records.get(space, name)?.value;
  if (pem === undefined) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    pem = records.put(space, name, privateKey.export({ type: "pkcs8", format: "pem" })).value;
  }
  const secret = createPrivateKey(Buffer.from(pem));
  const open = createPublicKey(secret);
  const id = Buffer.from(open.export({ type: "spki", format: "der" }).subarray(-40, -20)).toString("hex");
  return { id, secret, open };
}
