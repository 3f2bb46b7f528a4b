import { pricings } from "@trimaran/all/cost";
import { codeOf, codes, type ErrorCode, type PriceApi, type Pricing, TrimaranError } from "@trimaran/contract";
import type { Input, Run } from "../../command.ts";
import { readBooks, writeBooks } from "../../cost/books.ts";
import type { Io } from "../../io.ts";
import { findPlace } from "../../place.ts";
import { errorReport } from "../../render/error.ts";

/** Where a cloud's price API needs a key: its variable. */
const keys: Readonly<Record<string, string>> = { gcp: "GOOGLE_API_KEY" };

interface Outcome {
  readonly cloud: string;
  readonly read?: number;
  readonly changed?: number;
  readonly kept?: number;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
}

/** Each cloud by itself: one that does not answer keeps the prices it had. */
export const run: Run = async (input, io) => {
  const place = findPlace(input, io);
  const wanted = wantedClouds(input);
  const { books: before, refreshedAt: then } = readBooks(place);
  const refreshedAt = new Date(io.now()).toISOString();
  const books = { ...before };
  const outcomes: Outcome[] = [];
  for (const pricing of wanted) {
    const key = io.env[keys[pricing.cloud] ?? ""];
    const from: PriceApi = {
      fetch: io.fetch ?? fetch,
      today: refreshedAt.slice(0, 10),
      signal: io.interrupted,
      ...(key === undefined ? {} : { key }),
    };
    const outcome = await refreshOne(pricing, books[pricing.cloud] ?? pricing.book, from);
    if (outcome.book !== undefined) books[pricing.cloud] = outcome.book;
    outcomes.push(outcome.says);
  }
  const isAny = outcomes.some((o) => o.error === undefined);
  if (isAny) writeBooks(place, books, refreshedAt);
  tell(outcomes, isAny ? refreshedAt : (then ?? null), input, io);
  const failed = outcomes.find((o) => o.error !== undefined);
  return failed?.error === undefined ? 0 : codes[failed.error.code].exit;
};

async function refreshOne(pricing: Pricing, book: Pricing["book"], from: PriceApi) {
  const { cloud } = pricing;
  try {
    const found = await pricing.refresh(book, from);
    return { book: found.book, says: { cloud, read: found.read, changed: found.changed, kept: found.kept } };
  } catch (e) {
    if (codeOf(e) === "canceled") throw e;
    return { book: undefined, says: { cloud, error: errorReport(e).error } };
  }
}

function tell(outcomes: readonly Outcome[], refreshedAt: string | null, input: Input, io: Io): void {
  if (input.flag("json")) {
    io.out(`${JSON.stringify({ refreshedAt, clouds: outcomes })}\n`);
    return;
  }
  for (const { cloud, error, read, changed, kept } of outcomes) {
    if (error === undefined) io.out(`${cloud}: ${read} prices read, ${changed} changed; ${kept} kept as they were\n`);
    else
      io.err(
        `${cloud}: error[${error.code}]: ${error.message}\n  hint: ${error.hint ?? "its prices are as they were"}\n`,
      );
  }
}

function wantedClouds(input: Input): readonly Pricing[] {
  const given = input.text("cloud")?.split(",");
  if (given === undefined) return pricings;
  const names = pricings.map((p) => p.cloud);
  const unknown = given.some((g) => !names.some((n) => n === g));
  if (unknown)
    throw new TrimaranError("invalid_argument", `--cloud takes some of ${names.join(", ")}`, {
      hint: "--cloud aws,azure",
    });
  return pricings.filter((p) => given.includes(p.cloud));
}
