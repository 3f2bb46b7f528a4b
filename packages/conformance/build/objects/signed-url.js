import assert from "node:assert/strict";
import { pseudoRandom, sameBytes } from "../bytes.js";
import { readAll, readText, write } from "./harness.js";
const keys = ["plain", "with space/ü/😀/a+b%2F?#&.txt"];
async function sign(driver, key, method, call) {
    assert.ok(driver.signedUrl, "a driver that can do signed-url has the method");
    return driver.signedUrl(key, { method, forSeconds: 60 }, call);
}
export const signedUrlCases = [
    {
        name: "a signed GET URL gives the bytes to whoever has it",
        feature: "signed-url",
        async run({ driver, call, harness }) {
            const get = harness.fetch ?? fetch;
            for (const key of keys) {
                const bytes = pseudoRandom(100_000);
                await write(driver, key, bytes, call);
                const answer = await get(await sign(driver, key, "GET", call), { signal: call.signal });
                assert.equal(answer.status, 200);
                sameBytes(new Uint8Array(await answer.arrayBuffer()), bytes);
            }
        },
    },
    {
        name: "a signed PUT URL takes the bytes of whoever has it",
        feature: "signed-url",
        async run({ driver, call, harness }) {
            const put = harness.fetch ?? fetch;
            for (const key of keys) {
                const bytes = pseudoRandom(100_000, 3);
                const url = await sign(driver, key, "PUT", call);
                const headers = { ...driver.signedPutHeaders };
                const answer = await put(url, { method: "PUT", body: bytes, headers, signal: call.signal });
                assert.ok(answer.ok, `status ${answer.status}`);
                sameBytes(await readAll(driver, key, call), bytes);
            }
        },
    },
    {
        name: "a signed URL opens its own object and method only",
        feature: "signed-url",
        async run({ driver, call, harness }) {
            const ask = harness.fetch ?? fetch;
            await write(driver, "mine", "mine", call);
            await write(driver, "other", "other", call);
            const url = await sign(driver, "mine", "GET", call);
            const elsewhere = await ask(url.replace("mine", "other"), { signal: call.signal });
            await elsewhere.body?.cancel();
            assert.ok(elsewhere.status === 403 || elsewhere.status === 401, `status ${elsewhere.status} for another object`);
            const headers = { ...driver.signedPutHeaders };
            const overwriting = await ask(url, { method: "PUT", body: "overwritten", headers, signal: call.signal });
            await overwriting.body?.cancel();
            assert.ok(overwriting.status === 403 || overwriting.status === 401, `status ${overwriting.status} for PUT`);
            assert.equal(await readText(driver, "mine", call), "mine");
        },
    },
];
