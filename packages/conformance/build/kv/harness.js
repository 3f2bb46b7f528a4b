import { text } from "../bytes.js";
import { pages } from "../expect.js";
export function put(driver, key, value, call, how = {}) {
    return driver.put(key, typeof value === "string" ? text(value) : value, how, call);
}
export async function getText(driver, key, call) {
    const entry = await driver.get(key, call);
    return entry === undefined ? undefined : new TextDecoder().decode(entry.value);
}
export async function scanAll(driver, call, limit = 1000) {
    const all = await pages(limit, (after) => driver.scan({ limit, ...(after === undefined ? {} : { after }) }, call));
    return all.flat();
}
/** In code unit order, since a scan has none. */
export async function scanKeys(driver, call, limit = 1000) {
    return (await scanAll(driver, call, limit)).map((entry) => entry.key).sort();
}
export function pass(harness, ms) {
    return harness.pass?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms));
}
