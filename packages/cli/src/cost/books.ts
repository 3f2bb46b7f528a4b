import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Cloud, type PriceBook, TrimaranError } from "@trimaran/contract";
import type { Place } from "../place.ts";
import { version } from "../version.ts";

/** What `cost refresh` wrote: books in place of those that this version comes with. */
interface Refreshed {
  readonly version: string;
  readonly refreshedAt: string;
  readonly books: Partial<Readonly<Record<Cloud, PriceBook>>>;
}

export interface Books {
  readonly books: Partial<Readonly<Record<Cloud, PriceBook>>>;
  readonly refreshedAt?: string;
  readonly warning?: string;
}

const fileOf = (place: Place) => join(dirname(place.stateFolder), "prices.json");

/** Throws invalid_argument when the file is not what `writeBooks` wrote. */
export function readBooks(place: Place): Books {
  const text = readIfThere(fileOf(place));
  if (text === undefined) return { books: {} };
  const found = parse(text);
  // Another version may ask for other meters, and its own book may be newer.
  if (found.version !== version)
    return { books: {}, warning: "prices refreshed by another version are not used: trimaran cost refresh" };
  return { books: found.books, refreshedAt: found.refreshedAt };
}

/** All or nothing: whoever reads meanwhile sees the old file or the new one. */
export function writeBooks(place: Place, books: Books["books"], refreshedAt: string): void {
  const file = fileOf(place);
  mkdirSync(dirname(file), { recursive: true });
  const content: Refreshed = { version, refreshedAt, books };
  writeFileSync(`${file}.new`, `${JSON.stringify(content)}\n`);
  renameSync(`${file}.new`, file);
}

function parse(text: string): Refreshed {
  try {
    const found = JSON.parse(text) as Partial<Refreshed>;
    const books = Object.values(found.books ?? {});
    const isGood = typeof found.version === "string" && typeof found.refreshedAt === "string" && books.length > 0;
    if (isGood && books.every((b) => Array.isArray(b.meters) && Array.isArray(b.sources))) return found as Refreshed;
    throw new Error("not a book of prices");
  } catch (e) {
    throw new TrimaranError("invalid_argument", "the refreshed prices in .trimaran/prices.json cannot be read", {
      cause: e,
      hint: "rm .trimaran/prices.json     (the prices that Trimaran comes with are used then)",
    });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw e;
  }
}
