import assert from "node:assert/strict";
import type { Call, SecretDriver } from "@trimaran/contract";
import { abortedCall, pages, refused } from "../expect.ts";
import { type Case, grouped, type Harness, registerSuite, type Suite } from "../suite.ts";
import { connectionCases } from "./broken-connections.ts";

export type SecretsHarness = Harness<SecretDriver>;
type SecretCase = Case<SecretDriver, SecretsHarness>;

async function newest(driver: SecretDriver, name: string, call: Call): Promise<string> {
  return (await driver.get(name, undefined, call)).value;
}

async function names(driver: SecretDriver, call: Call, limit = 100): Promise<readonly string[]> {
  const all = await pages(limit, (after) => driver.list({ limit, ...(after === undefined ? {} : { after }) }, call));
  return all.flat().map((item) => item.name);
}

const values: readonly (readonly [string, string])[] = [
  ["a value of one byte", "x"],
  ["a value of many scripts and emoji", "Grüße, 日本語, עברית, 😀👩‍👩‍👧, \u{10FFFF}"],
  ["a value of several lines, with white space at both ends", "  -----BEGIN KEY-----\r\nabc\n\n\tend \n"],
  ["a value that looks like JSON", '{"password": "a\\"b", "list": [1, null]}'],
  ["a value with control characters", "a\u0001b\u007fc\u0085"],
  ["a value of 25 KiB", "0123456789abcdef".repeat(1600)],
  ["a value of 25 KiB in letters of more than one byte", "ü".repeat(12_800)],
];

const cases: readonly SecretCase[] = [
  ...values.map(
    ([name, value]): SecretCase => ({
      name: `${name} comes back as it was`,
      async run({ driver, call }) {
        const { version } = await driver.put("secret", value, call);
        const got = await driver.get("secret", undefined, call);
        // Compared without assert.equal: a failure must not print a value.
        assert.ok(got.value === value, "another value came back");
        assert.equal(got.version, version);
      },
    }),
  ),
  {
    name: "a missing secret is not_found",
    async run({ driver, call }) {
      await refused(driver.get("nothing", undefined, call), "not_found");
    },
  },
  {
    name: "the newest version is what get gives, at once",
    async run({ driver, another, call }) {
      const second = await another();
      const seen = new Set<string>();
      for (const value of ["first", "second", "third"]) {
        seen.add((await driver.put("secret", value, call)).version);
        assert.equal(await newest(driver, "secret", call), value);
        assert.equal(await newest(second, "secret", call), value);
      }
      assert.equal(seen.size, 3, "each put makes a version of its own");
    },
  },
  {
    name: "an older version can be read by its name",
    feature: "versions",
    async run({ driver, call }) {
      const first = await driver.put("secret", "first", call);
      const second = await driver.put("secret", "second", call);
      const third = await driver.put("secret", "third", call);
      for (const [value, { version }] of [
        ["first", first],
        ["second", second],
        ["third", third],
      ] as const) {
        assert.deepEqual(await driver.get("secret", version, call), { value, version });
      }
    },
  },
  {
    name: "a version that is not there is not_found",
    feature: "versions",
    async run({ driver, call }) {
      await driver.put("other", "first", call);
      await driver.put("other", "second", call);
      const { version } = await driver.put("other", "third", call);
      await driver.put("secret", "only", call);
      await refused(driver.get("secret", version, call), "not_found");
      await refused(driver.get("nothing", version, call), "not_found");
    },
  },
  {
    name: "remove takes a secret away, and removing what is missing succeeds",
    async run({ driver, call }) {
      await driver.remove("secret", call);
      await driver.put("secret", "value", call);
      await driver.put("secret-2", "stays", call);
      await driver.remove("secret", call);
      await refused(driver.get("secret", undefined, call), "not_found");
      assert.deepEqual(await names(driver, call), ["secret-2"]);
      await driver.remove("secret", call);
      assert.equal(await newest(driver, "secret-2", call), "stays");
    },
  },
  {
    name: "a removed name can be put again at once",
    async run({ driver, call }) {
      for (const value of ["first", "second", "third"]) {
        await driver.put("secret", value, call);
        assert.equal(await newest(driver, "secret", call), value);
        await driver.remove("secret", call);
      }
      await driver.put("secret", "fourth", call);
      assert.equal(await newest(driver, "secret", call), "fourth");
      assert.deepEqual(await names(driver, call), ["secret"]);
    },
  },
  {
    name: "an empty place lists nothing",
    async run({ driver, call }) {
      assert.deepEqual(await names(driver, call), []);
    },
  },
  {
    name: "list gives every name once in order, whatever the page size",
    async run({ driver, call }) {
      const all = ["a", "a-", "a-1", "a0", "ab", "b", "value", "z", "z-z", "z1"];
      for (const name of [...all].reverse()) await driver.put(name, `value of ${name}`, call);
      await driver.put("b", "a second version", call);
      for (const limit of [1, 3, 10, 100]) assert.deepEqual(await names(driver, call, limit), all);
      for (const name of all.filter((n) => n !== "b"))
        assert.equal(await newest(driver, name, call), `value of ${name}`);
    },
  },
  {
    name: "names of 127 characters, with digits and hyphens",
    async run({ driver, call }) {
      const long = ["a".repeat(127), `a${"-".repeat(126)}`, `${"a".repeat(126)}b`, `z${"9".repeat(126)}`];
      for (const name of long) await driver.put(name, name.slice(100), call);
      for (const name of long) assert.equal(await newest(driver, name, call), name.slice(100));
      assert.deepEqual(await names(driver, call), [...long].sort());
    },
  },
  {
    name: "an aborted signal is canceled, and nothing happens",
    async run({ driver, call }) {
      await driver.put("secret", "old", call);
      const stopped = abortedCall();
      await refused(driver.get("secret", undefined, stopped), "canceled");
      await refused(driver.put("secret", "new", stopped), "canceled");
      await refused(driver.remove("secret", stopped), "canceled");
      await refused(driver.list({ limit: 10 }, stopped), "canceled");
      assert.equal(await newest(driver, "secret", call), "old");
    },
  },
];

export const secrets: Suite<SecretDriver, SecretsHarness> = {
  kind: "secrets",
  cases: [
    ...grouped("Values, versions and names", cases),
    ...grouped("Faults between driver and service", connectionCases),
  ],
};

/** Registers the suite for drivers of kind `secrets` with node:test. */
export function secretsSuite(harness: SecretsHarness): void {
  registerSuite(secrets, harness);
}
