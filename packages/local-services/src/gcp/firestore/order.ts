import type { Fields, LatLng, Timestamp, Value } from "./messages.ts";
import { compareNames } from "./paths.ts";

/** Firestore's order of values of different types: https://cloud.google.com/firestore/docs/concepts/data-types#value_type_ordering */
export function typeRank(value: Value): number {
  if ("nullValue" in value) return 0;
  if ("booleanValue" in value) return 1;
  if ("integerValue" in value || "doubleValue" in value) return 2;
  if ("timestampValue" in value) return 3;
  if ("stringValue" in value) return 4;
  if ("bytesValue" in value) return 5;
  if ("referenceValue" in value) return 6;
  if ("geoPointValue" in value) return 7;
  if ("arrayValue" in value) return 8;
  return isVector(value) ? 9 : 10;
}

export function isNaNValue(value: Value): boolean {
  return "doubleValue" in value && Number.isNaN(value.doubleValue);
}

/** A map that stands for a vector of numbers. */
function isVector(value: Value): boolean {
  if (!("mapValue" in value)) return false;
  const type = value.mapValue.fields?.["__type__"];
  return type !== undefined && "stringValue" in type && type.stringValue === "__vector__";
}

export function compareValues(a: Value, b: Value): number {
  const rank = typeRank(a);
  const order = rank - typeRank(b);
  if (order !== 0) return order;
  if ("booleanValue" in a && "booleanValue" in b) return Number(a.booleanValue) - Number(b.booleanValue);
  if (rank === 2) return compareNumbers(a, b);
  if ("timestampValue" in a && "timestampValue" in b) return compareTimes(a.timestampValue, b.timestampValue);
  if ("stringValue" in a && "stringValue" in b) return compareTexts(a.stringValue, b.stringValue);
  if ("bytesValue" in a && "bytesValue" in b) return Buffer.compare(a.bytesValue, b.bytesValue);
  if ("referenceValue" in a && "referenceValue" in b) return compareNames(a.referenceValue, b.referenceValue);
  if ("geoPointValue" in a && "geoPointValue" in b) return comparePoints(a.geoPointValue, b.geoPointValue);
  if ("arrayValue" in a && "arrayValue" in b) return compareLists(a.arrayValue.values, b.arrayValue.values);
  if ("mapValue" in a && "mapValue" in b) {
    const [left, right] = [a.mapValue.fields ?? {}, b.mapValue.fields ?? {}];
    return rank === 9 ? compareVectors(left, right) : compareMaps(left, right);
  }
  return 0;
}

export function equalValues(a: Value, b: Value): boolean {
  return compareValues(a, b) === 0;
}

/** Exact, also where a 64-bit integer meets a double; NaN is the smallest. */
function compareNumbers(a: Value, b: Value): number {
  if (isNaNValue(a) || isNaNValue(b)) return Number(isNaNValue(b)) - Number(isNaNValue(a));
  const [x, y] = [toNumber(a), toNumber(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function toNumber(value: Value): bigint | number {
  if ("integerValue" in value) return BigInt(value.integerValue);
  return "doubleValue" in value ? value.doubleValue : Number.NaN;
}

export function compareTimes(a: Timestamp, b: Timestamp): number {
  const [x, y] = [BigInt(a.seconds ?? 0), BigInt(b.seconds ?? 0)];
  return x < y ? -1 : x > y ? 1 : (a.nanos ?? 0) - (b.nanos ?? 0);
}

/** By UTF-8 bytes, which is by code point; UTF-16 differs from it where a surrogate meets the top of the plane. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const [isHighX, isHighY] = [x >= 0xd800 && x <= 0xdfff, y >= 0xd800 && y <= 0xdfff];
    return isHighX === isHighY ? x - y : isHighX ? 1 : -1;
  }
  return a.length - b.length;
}

function comparePoints(a: LatLng, b: LatLng): number {
  const [ax, ay, bx, by] = [a.latitude ?? 0, a.longitude ?? 0, b.latitude ?? 0, b.longitude ?? 0];
  return ax - bx || ay - by;
}

function compareLists(a: readonly Value[] = [], b: readonly Value[] = []): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareValues(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareMaps(a: Fields, b: Fields): number {
  const [left, right] = [Object.keys(a).sort(compareTexts), Object.keys(b).sort(compareTexts)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x, y] = [left[at]!, right[at]!];
    const order = compareTexts(x, y) || compareValues(a[x]!, b[y]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareVectors(a: Fields, b: Fields): number {
  const items = ({ value }: Fields) =>
    value !== undefined && "arrayValue" in value ? (value.arrayValue.values ?? []) : [];
  const [left, right] = [items(a), items(b)];
  return left.length - right.length || compareLists(left, right);
}
