import assert from "node:assert/strict";
import { body, failingBody, heldBody, MiB, pseudoRandom, sameBytes, text } from "../bytes.js";
import { abortedCall, refused } from "../expect.js";
import { plain, readAll, readText, write } from "./harness.js";
export const faultCases = [
    {
        name: "an aborted signal is canceled, and nothing happens",
        async run({ driver, call }) {
            await write(driver, "object", "old", call);
            const stopped = abortedCall();
            await refused(driver.head("object", stopped), "canceled");
            await refused(driver.read("object", { from: 0 }, stopped), "canceled");
            await refused(driver.write("object", body("new"), plain, stopped), "canceled");
            await refused(driver.remove("object", {}, stopped), "canceled");
            await refused(driver.list({ prefix: "", limit: 10 }, stopped), "canceled");
            assert.equal(await readText(driver, "object", call), "old");
        },
    },
    {
        name: "a write that is aborted half way is canceled and leaves the old object",
        async run({ driver, call }) {
            await write(driver, "object", "old", call);
            for (const key of ["object", "new"]) {
                const stop = new AbortController();
                const held = heldBody([text("half"), text("other half")]);
                const writing = refused(driver.write(key, held.body, plain, { signal: stop.signal }), "canceled");
                setTimeout(() => stop.abort(), 20);
                await writing;
                held.release();
            }
            assert.equal(await readText(driver, "object", call), "old");
            await refused(driver.head("new", call), "not_found");
        },
    },
    {
        name: "a read that is aborted half way ends its body with an error",
        async run({ driver, call }) {
            const bytes = pseudoRandom(8 * MiB);
            await write(driver, "object", bytes, call);
            const stop = new AbortController();
            const { body: back } = await driver.read("object", { from: 0 }, { signal: stop.signal });
            const reader = back.getReader();
            await reader.read();
            stop.abort();
            await assert.rejects(async () => {
                while (!(await reader.read()).done)
                    ;
            });
            sameBytes(await readAll(driver, "object", call), bytes);
        },
    },
    ...[
        { size: 100_000, name: "small" },
        { size: 12 * MiB, name: "large" },
    ].map(({ size, name }) => ({
        name: `a ${name} body that fails leaves the old object, or none`,
        async run({ driver, call }) {
            await write(driver, "object", "old", call);
            for (const key of ["object", "new"]) {
                await assert.rejects(driver.write(key, failingBody(pseudoRandom(size)), plain, call));
            }
            assert.equal(await readText(driver, "object", call), "old");
            await refused(driver.head("new", call), "not_found");
            await write(driver, "new", "works afterwards", call, "if_absent");
        },
    })),
    {
        name: "many calls at once",
        async run({ driver, call }) {
            const keys = Array.from({ length: 40 }, (_, i) => `object-${i}`);
            await Promise.all(keys.map((key) => write(driver, key, `content of ${key}`, call)));
            const texts = await Promise.all(keys.map((key) => readText(driver, key, call)));
            assert.deepEqual(texts, keys.map((key) => `content of ${key}`));
        },
    },
];
