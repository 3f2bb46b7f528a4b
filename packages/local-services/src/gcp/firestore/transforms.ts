import { ApiFault } from "../faults.ts";
import { getField, readFieldPath, withField } from "./field-paths.ts";
import type { ArrayValue, Fields, FieldTransform, Timestamp, Value } from "./messages.ts";
import { compareValues, equalValues, isNaNValue, toNumber, typeRank } from "./order.ts";

const requestTime = 1;
const [minInteger, maxInteger] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Applies field transforms in order; each gives a result for the client. `at` is the time of the request. */
export function transformFields(
  fields: Fields,
  transforms: readonly FieldTransform[],
  at: Timestamp,
): { readonly fields: Fields; readonly results: readonly Value[] } {
  let changed = fields;
  const results = transforms.map((transform) => {
    const path = readFieldPath(transform.fieldPath);
    const { value, result } = apply(transform, getField(changed, path), at);
    changed = withField(changed, path, value);
    return result;
  });
  return { fields: changed, results };
}

function apply(transform: FieldTransform, now: Value | undefined, at: Timestamp): { value: Value; result: Value } {
  const both = (value: Value) => ({ value, result: value });
  if (transform.setToServerValue === requestTime) return both({ timestampValue: toMillis(at) });
  if (transform.increment !== undefined) return both(increment(now, demandNumber(transform.increment)));
  if (transform.maximum !== undefined) return both(extreme(now, demandNumber(transform.maximum), 1));
  if (transform.minimum !== undefined) return both(extreme(now, demandNumber(transform.minimum), -1));
  const nothing: Value = { nullValue: 0 };
  if (transform.appendMissingElements !== undefined) {
    return { value: append(listOf(now), transform.appendMissingElements), result: nothing };
  }
  if (transform.removeAllFromArray !== undefined) {
    return { value: removeAll(listOf(now), transform.removeAllFromArray), result: nothing };
  }
  throw new ApiFault("INVALID_ARGUMENT", "A field transform has no type.");
}

/** A server's time in a document has milliseconds. */
function toMillis({ seconds = "0", nanos = 0 }: Timestamp): Timestamp {
  return { seconds, nanos: nanos - (nanos % 1_000_000) };
}

function demandNumber(value: Value): Value {
  if ("integerValue" in value || "doubleValue" in value) return value;
  throw new ApiFault("INVALID_ARGUMENT", "The operand of a numeric transform must be a number.");
}

function isNumber(value: Value | undefined): value is Value {
  return value !== undefined && typeRank(value) === 2;
}

function increment(now: Value | undefined, by: Value): Value {
  if (!isNumber(now)) return by;
  if ("integerValue" in now && "integerValue" in by) {
    const sum = BigInt(now.integerValue) + BigInt(by.integerValue);
    return { integerValue: String(sum > maxInteger ? maxInteger : sum < minInteger ? minInteger : sum) };
  }
  return { doubleValue: Number(toNumber(now)) + Number(toNumber(by)) };
}

/** The larger (sign 1) or smaller (-1); of equal ones the one that is there; NaN wins. */
function extreme(now: Value | undefined, other: Value, sign: 1 | -1): Value {
  if (!isNumber(now)) return other;
  if (isNaNValue(now) || isNaNValue(other)) return { doubleValue: Number.NaN };
  return Math.sign(compareValues(other, now)) === sign ? other : now;
}

function listOf(now: Value | undefined): readonly Value[] {
  return now !== undefined && "arrayValue" in now ? (now.arrayValue.values ?? []) : [];
}

function append(now: readonly Value[], { values = [] }: ArrayValue): Value {
  const all = [...now];
  for (const value of values) if (!all.some((each) => equalValues(each, value))) all.push(value);
  return { arrayValue: { values: all } };
}

function removeAll(now: readonly Value[], { values = [] }: ArrayValue): Value {
  return { arrayValue: { values: now.filter((each) => !values.some((value) => equalValues(each, value))) } };
}
