import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrimaranError } from "./errors.ts";
import { address, flag, group, oneOf, optional, portNumber, readSettings, text } from "./settings.ts";

const shape = {
  bucket: text,
  endpoint: optional(address),
  insecure: optional(flag),
  port: portNumber,
  tls: oneOf("on", "off"),
  users: group({ app: text }),
};
const good = { bucket: "documents", port: 5432, tls: "on", users: { app: "someone" } };

function refusal(input: unknown): string {
  try {
    readSettings(input, "settings", shape);
  } catch (e) {
    assert.ok(isTrimaranError(e));
    assert.equal(e.code, "invalid_argument");
    return e.message;
  }
  return assert.fail("not refused");
}

test("settings that hold are read, and what is left out is undefined", () => {
  assert.deepEqual(readSettings({ ...good, endpoint: "https://127.0.0.1:4001/account/" }, "settings", shape), {
    ...good,
    endpoint: "https://127.0.0.1:4001/account",
    insecure: undefined,
  });
});

test("each setting that does not hold is named, and its value is not", () => {
  const wrong: readonly (readonly [string, object])[] = [
    ["settings.bucket must be a text", { bucket: "" }],
    ["settings.bucket must be a text", { bucket: undefined }],
    ["settings.endpoint must be an http or https address", { endpoint: "ftp://hunter2" }],
    ["settings.endpoint must be an http or https address", { endpoint: "https://user:hunter2@host" }],
    ["settings.endpoint must be an http or https address", { endpoint: "https://host/?a=hunter2" }],
    ["settings.insecure must be true or false", { insecure: "hunter2" }],
    ["settings.port must be a whole number from 1 to 65535", { port: 65_536 }],
    ["settings.port must be a whole number from 1 to 65535", { port: "5432" }],
    ['settings.tls must be "on" or "off"', { tls: "hunter2" }],
    ["settings.users must be an object", { users: ["hunter2"] }],
    ["settings.users.app must be a text", { users: {} }],
    ["settings.users.other is no setting", { users: { app: "a", other: "hunter2" } }],
    ["settings.buckett is no setting", { buckett: "hunter2" }],
    ["settings.toString is no setting", { toString: "hunter2" }],
  ];
  for (const [message, change] of wrong) assert.equal(refusal({ ...good, ...change }), message);
  for (const input of [null, undefined, "hunter2", []]) assert.equal(refusal(input), "settings must be an object");
});
