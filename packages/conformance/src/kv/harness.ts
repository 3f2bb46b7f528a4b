import type { Call, KvDriver, KvEntry, Only } from "@trimaran/contract";
import { text } from "../bytes.ts";
import { pages } from "../expect.ts";
import type { Case, Harness } from "../suite.ts";

export interface KvHarness extends Harness<KvDriver> {
  /** For an emulator that is slow under contention; 8 writers and 5 rounds when left out. */
  readonly contention?: { readonly writers: number; readonly rounds: number };
  /** Lets time pass for the driver. Real seconds go by when left out. */
  readonly pass?: (ms: number) => Promise<void>;
}

export type KvCase = Case<KvDriver, KvHarness>;

export function put(
  driver: KvDriver,
  key: string,
  value: string | Uint8Array,
  call: Call,
  how: { readonly only?: Only; readonly expiresInSeconds?: number } = {},
): Promise<{ readonly revision: string }> {
  return driver.put(key, typeof value === "string" ? text(value) : value, how, call);
}

export async function getText(driver: KvDriver, key: string, call: Call): Promise<string | undefined> {
  const entry = await driver.get(key, call);
  return entry === undefined ? undefined : new TextDecoder().decode(entry.value);
}

export async function scanAll(driver: KvDriver, call: Call, limit = 1000): Promise<readonly KvEntry[]> {
  const all = await pages(limit, (after) => driver.scan({ limit, ...(after === undefined ? {} : { after }) }, call));
  return all.flat();
}

/** In code unit order, since a scan has none. */
export async function scanKeys(driver: KvDriver, call: Call, limit = 1000): Promise<readonly string[]> {
  return (await scanAll(driver, call, limit)).map((entry) => entry.key).sort();
}

export function pass(harness: KvHarness, ms: number): Promise<void> {
  return harness.pass?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms));
}
