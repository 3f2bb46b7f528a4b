import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

const ITERATIONS = 4096;

/**
 * What PostgreSQL stores of a password: `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey` (RFC 5803). Handed to CREATE ROLE in
 * place of the password, so that the password itself appears in no statement and no log. Passwords must be ASCII.
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const key = (name: string) => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  const text = Buffer.from(salt).toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${text}$${stored}:${key("Server Key").toString("base64")}`;
}
