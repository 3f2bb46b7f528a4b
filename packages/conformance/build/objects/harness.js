import { body, collect } from "../bytes.js";
import { pages } from "../expect.js";
export const plain = { contentType: "application/octet-stream", metadata: {} };
export function write(driver, key, content, call, only) {
    return driver.write(key, body(content), only === undefined ? plain : { ...plain, only }, call);
}
export async function readAll(driver, key, call) {
    const { body: stream } = await driver.read(key, { from: 0 }, call);
    return collect(stream);
}
export async function readText(driver, key, call) {
    return new TextDecoder().decode(await readAll(driver, key, call));
}
/** Everything under a prefix, over pages of `limit`. */
export async function listAll(driver, call, { prefix = "", limit = 1000 } = {}) {
    const all = await pages(limit, (after) => driver.list({ prefix, limit, ...(after === undefined ? {} : { after }) }, call));
    return all.flat();
}
export async function listKeys(driver, call, q = {}) {
    return (await listAll(driver, call, q)).map((head) => head.key);
}
