import { ApiFault } from "../faults.ts";
import type { Kept } from "./documents.ts";
import type { FieldPath } from "./field-paths.ts";
import { readReference, valueAt } from "./filters.ts";
import type { Aggregation, Fields, Value } from "./messages.ts";
import { toNumber, typeRank } from "./order.ts";

const most = 5;

/** Counts, sums and averages of a query's documents: https://cloud.google.com/firestore/docs/query-data/aggregation-queries */
export function aggregate(found: readonly Kept[], aggregations: readonly Aggregation[]): Fields {
  if (aggregations.length === 0 || aggregations.length > most) {
    throw new ApiFault("INVALID_ARGUMENT", `An aggregation query has 1 to ${most} aggregations.`);
  }
  // What is aggregated together is aggregated over the documents that have all of the fields.
  const paths = aggregations.flatMap(({ sum, avg }) => (sum ?? avg)?.field ?? []).map(readReference);
  const documents = found.filter((document) => paths.every((path) => valueAt(document, path) !== undefined));
  const named = aggregations.map((each, at): readonly [string, Value] => [
    each.alias || `field_${at + 1}`,
    one(documents, each),
  ]);
  return Object.fromEntries(named);
}

function one(documents: readonly Kept[], { count, sum, avg }: Aggregation): Value {
  if (count !== undefined) {
    const upTo = Number(count.upTo?.value ?? Number.POSITIVE_INFINITY);
    if (count.upTo !== undefined && !(upTo > 0))
      throw new ApiFault("INVALID_ARGUMENT", "up_to must be greater than 0.");
    return { integerValue: String(Math.min(documents.length, upTo)) };
  }
  if (sum !== undefined) return total(numbers(documents, readReference(sum.field)));
  if (avg === undefined) throw new ApiFault("INVALID_ARGUMENT", "An aggregation has no operator.");
  const all = numbers(documents, readReference(avg.field));
  if (all.length === 0) return { nullValue: 0 };
  return { doubleValue: all.reduce<number>((a, b) => a + Number(b), 0) / all.length };
}

function numbers(documents: readonly Kept[], path: FieldPath): readonly (bigint | number)[] {
  return documents.flatMap((document) => {
    const value = valueAt(document, path);
    return value !== undefined && typeRank(value) === 2 ? [toNumber(value)] : [];
  });
}

/** An integer as long as all are integers and the sum fits, else a double. */
function total(all: readonly (bigint | number)[]): Value {
  const sum = all.every((each) => typeof each === "bigint") ? all.reduce((a, b) => a + b, 0n) : undefined;
  if (sum !== undefined && BigInt.asIntN(64, sum) === sum) return { integerValue: String(sum) };
  return { doubleValue: all.reduce<number>((a, b) => a + Number(b), 0) };
}
