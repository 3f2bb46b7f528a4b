import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { deriveKey, issueToken, verifyToken } from "./credentials.ts";

const rootKey = randomBytes(32);
const token = { kind: "session", subject: "role/app", expiresAt: 10_000, claims: { key: "A" } };

test("a token says what it said when it was issued, until it expires", () => {
  const text = issueToken({ rootKey, ...token });
  assert.deepEqual(verifyToken(rootKey, "session", text, 9_999), { ok: true, token });
  assert.deepEqual(verifyToken(rootKey, "session", text, 10_000), { ok: false, why: "expired" });
});

test("another root key, another kind, or one changed character is refused", () => {
  const text = issueToken({ rootKey, ...token });
  const why = (key: Uint8Array, kind: string, changed: string) => {
    const check = verifyToken(key, kind, changed, 0);
    return check.ok ? "ok" : check.why;
  };
  assert.equal(why(randomBytes(32), "session", text), "forged");
  assert.equal(why(rootKey, "other", text), "forged");
  assert.equal(why(rootKey, "session", "nonsense"), "malformed");
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === "A" ? "B" : "A";
    assert.notEqual(why(rootKey, "session", text.slice(0, i) + other + text.slice(i + 1)), "ok", `character ${i}`);
  }
});

test("each purpose has its own key", () => {
  assert.notDeepEqual(deriveKey(rootKey, "a"), deriveKey(rootKey, "b"));
  assert.deepEqual(deriveKey(rootKey, "a"), deriveKey(rootKey, "a"));
});
