import type { Call, ObjectDriver, ObjectHead, Only, WriteHow } from "@trimaran/contract";
import { body, collect } from "../bytes.ts";
import { pages } from "../expect.ts";
import type { Case, Harness } from "../suite.ts";

export interface ObjectsHarness extends Harness<ObjectDriver> {
  /** Fetches signed URLs; the global one when left out. A harness whose service has an authority of its own hands in one that trusts it. */
  readonly fetch?: typeof fetch;
  /** For an emulator that is slow under contention; 8 writers and 5 rounds when left out. */
  readonly contention?: { readonly writers: number; readonly rounds: number };
}

export type ObjectCase = Case<ObjectDriver, ObjectsHarness>;

export const plain: WriteHow = { contentType: "application/octet-stream", metadata: {} };

export function write(
  driver: ObjectDriver,
  key: string,
  content: Uint8Array | string,
  call: Call,
  only?: Only,
): Promise<ObjectHead> {
  return driver.write(key, body(content), only === undefined ? plain : { ...plain, only }, call);
}

export async function readAll(driver: ObjectDriver, key: string, call: Call): Promise<Uint8Array> {
  const { body: stream } = await driver.read(key, { from: 0 }, call);
  return collect(stream);
}

export async function readText(driver: ObjectDriver, key: string, call: Call): Promise<string> {
  return new TextDecoder().decode(await readAll(driver, key, call));
}

/** Everything under a prefix, over pages of `limit`. */
export async function listAll(
  driver: ObjectDriver,
  call: Call,
  { prefix = "", limit = 1000 } = {},
): Promise<readonly ObjectHead[]> {
  const all = await pages(limit, (after) =>
    driver.list({ prefix, limit, ...(after === undefined ? {} : { after }) }, call),
  );
  return all.flat();
}

export async function listKeys(
  driver: ObjectDriver,
  call: Call,
  q: { readonly prefix?: string; readonly limit?: number } = {},
): Promise<readonly string[]> {
  return (await listAll(driver, call, q)).map((head) => head.key);
}
