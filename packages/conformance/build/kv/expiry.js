import assert from "node:assert/strict";
import { refused } from "../expect.js";
import { getText, pass, put, scanKeys } from "./harness.js";
const feature = "expiry";
/** An entry `old` that has expired. Services count whole seconds: a little more than the next one goes by. */
async function expired(driver, harness, call) {
    const put1 = await put(driver, "old", "expires", call, { expiresInSeconds: 1 });
    await pass(harness, 2100);
    return put1;
}
export const expiryCases = [
    {
        name: "an expired entry is gone for get and scan",
        feature,
        async run({ driver, harness, call }) {
            await put(driver, "lasting", "stays", call);
            await put(driver, "later", "stays too", call, { expiresInSeconds: 3600 });
            await expired(driver, harness, call);
            assert.equal(await driver.get("old", call), undefined);
            assert.deepEqual(await scanKeys(driver, call), ["lasting", "later"]);
            assert.deepEqual(await scanKeys(driver, call, 1), ["lasting", "later"]);
        },
    },
    {
        name: "an entry is there until it expires",
        feature,
        async run({ driver, call }) {
            await put(driver, "key", "an hour", call, { expiresInSeconds: 3600 });
            assert.equal(await getText(driver, "key", call), "an hour");
            assert.deepEqual(await scanKeys(driver, call), ["key"]);
            await refused(put(driver, "key", "other", call, { only: "if_absent" }), "already_exists");
            await put(driver, "ten years", "long", call, { expiresInSeconds: 10 * 365 * 24 * 3600 });
            assert.equal(await getText(driver, "ten years", call), "long");
        },
    },
    {
        name: "an expired entry counts as absent for if_absent and as gone for ifRevision",
        feature,
        async run({ driver, harness, call }) {
            const { revision } = await expired(driver, harness, call);
            await refused(put(driver, "old", "late", call, { only: { ifRevision: revision } }), "conflict");
            assert.equal(await driver.get("old", call), undefined);
            await put(driver, "old", "new", call, { only: "if_absent" });
            assert.equal(await getText(driver, "old", call), "new");
        },
    },
    {
        name: "removing an expired entry succeeds, whatever the revision",
        feature,
        async run({ driver, harness, call }) {
            await expired(driver, harness, call);
            await driver.remove("old", { ifRevision: "another" }, call);
            await driver.remove("old", {}, call);
            assert.equal(await driver.get("old", call), undefined);
        },
    },
    {
        name: "a put without expiry takes an earlier expiry away, a put with one sets it anew",
        feature,
        async run({ driver, harness, call }) {
            const expiresInSeconds = 1;
            const first = await put(driver, "kept", "first", call, { expiresInSeconds });
            await put(driver, "kept", "second", call, { only: { ifRevision: first.revision } });
            await put(driver, "longer", "first", call, { expiresInSeconds });
            await put(driver, "longer", "second", call, { expiresInSeconds: 3600 });
            await put(driver, "shorter", "first", call, { expiresInSeconds: 3600 });
            await put(driver, "shorter", "second", call, { expiresInSeconds });
            await pass(harness, 2100);
            assert.equal(await getText(driver, "kept", call), "second");
            assert.equal(await getText(driver, "longer", call), "second");
            assert.equal(await driver.get("shorter", call), undefined);
        },
    },
];
