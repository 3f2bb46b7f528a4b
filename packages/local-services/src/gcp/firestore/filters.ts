import { ApiFault } from "../faults.ts";
import type { Kept } from "./documents.ts";
import { type FieldPath, fieldPathText, getField, readFieldPath } from "./field-paths.ts";
import { demandWithinLimits } from "./filter-limits.ts";
import type { FieldReference, Filter, Value } from "./messages.ts";
import { compareTexts, compareValues, equalValues, isNaNValue, typeRank } from "./order.ts";

type Test = (document: Kept) => boolean;

/** A filter, ready to judge documents, and the fields that its inequalities name (in the order of their texts). */
export interface CompiledFilter {
  readonly test: Test;
  readonly inequalities: readonly FieldPath[];
  /** Whether it names any field but the document's name. */
  readonly namesFields: boolean;
}

const field = { LESS: 1, LESS_OR_EQUAL: 2, GREATER: 3, GREATER_OR_EQUAL: 4, EQUAL: 5, NOT_EQUAL: 6 } as const;
const list = { ARRAY_CONTAINS: 7, IN: 8, ARRAY_CONTAINS_ANY: 9, NOT_IN: 10 } as const;
const unary = { IS_NAN: 2, IS_NULL: 3, IS_NOT_NAN: 4, IS_NOT_NULL: 5 } as const;
const [and, or] = [1, 2];

/** https://cloud.google.com/firestore/docs/query-data/queries INVALID_ARGUMENT when it does not hold. */
export function compileFilter(filter: Filter | undefined): CompiledFilter {
  if (filter === undefined) return { test: () => true, inequalities: [], namesFields: false };
  const named = new Map<string, FieldPath>();
  let namesFields = false;
  const test = compile(filter, (path, isInequality) => {
    if (!isName(path)) namesFields = true;
    if (isInequality) named.set(fieldPathText(path), path);
  });
  demandWithinLimits(filter);
  const inequalities = [...named].sort(([a], [b]) => compareTexts(a, b)).map(([, path]) => path);
  return { test, inequalities, namesFields };
}

function compile(filter: Filter, name: (path: FieldPath, isInequality: boolean) => void): Test {
  if (filter.compositeFilter !== undefined) {
    const { op, filters = [] } = filter.compositeFilter;
    const tests = filters.map((each) => compile(each, name));
    if (tests.length === 0) throw invalid("A composite filter must have filters.");
    if (op === and) return (document) => tests.every((test) => test(document));
    if (op === or) return (document) => tests.some((test) => test(document));
    throw invalid("A composite filter must be AND or OR.");
  }
  if (filter.unaryFilter !== undefined) {
    const { op, field: reference } = filter.unaryFilter;
    const path = readReference(reference);
    name(path, op === unary.IS_NOT_NAN || op === unary.IS_NOT_NULL);
    return onValue(path, unaryTest(op));
  }
  if (filter.fieldFilter === undefined) throw invalid("A filter has no type.");
  const { op, field: reference, value } = filter.fieldFilter;
  const path = readReference(reference);
  if (value === undefined) throw invalid("A field filter has no value.");
  if (isName(path) && op !== list.IN && op !== list.NOT_IN && !("referenceValue" in value)) {
    throw invalid("__key__ filter value must be a Key");
  }
  const isInequality = op !== undefined && (op < field.EQUAL || op === field.NOT_EQUAL || op === list.NOT_IN);
  name(path, isInequality);
  return onValue(path, fieldTest(op, value));
}

function onValue(path: FieldPath, test: (value: Value) => boolean): Test {
  return (document) => {
    const value = valueAt(document, path);
    return value !== undefined && test(value);
  };
}

/** A field's value; of `__name__` the document itself. */
export function valueAt(document: Kept, path: FieldPath): Value | undefined {
  return isName(path) ? { referenceValue: document.name } : getField(document.fields, path);
}

export function isName(path: FieldPath): boolean {
  return path.length === 1 && path[0] === "__name__";
}

export function readReference(reference: FieldReference | undefined): FieldPath {
  return readFieldPath(reference?.fieldPath);
}

function unaryTest(op: number | undefined): (value: Value) => boolean {
  if (op === unary.IS_NULL) return (value) => "nullValue" in value;
  if (op === unary.IS_NOT_NULL) return (value) => !("nullValue" in value);
  if (op === unary.IS_NAN) return isNaNValue;
  if (op === unary.IS_NOT_NAN) return (value) => !("nullValue" in value) && !isNaNValue(value);
  throw invalid("A unary filter has no operator.");
}

function fieldTest(op: number | undefined, wanted: Value): (value: Value) => boolean {
  const isSame = (value: Value) => equalValues(value, wanted);
  /** An inequality matches values of its own type only, and NaN compares with nothing. */
  const compares = (holds: (order: number) => boolean) => (value: Value) =>
    typeRank(value) === typeRank(wanted) &&
    isNaNValue(value) === isNaNValue(wanted) &&
    holds(compareValues(value, wanted));
  /** In a list, null and NaN equal nothing. */
  const values = () => demandList(op, wanted).filter((each) => !("nullValue" in each) && !isNaNValue(each));
  const elements = (value: Value) => ("arrayValue" in value ? (value.arrayValue.values ?? []) : []);
  switch (op) {
    case field.LESS:
      return compares((order) => order < 0);
    case field.LESS_OR_EQUAL:
      return compares((order) => order <= 0);
    case field.GREATER:
      return compares((order) => order > 0);
    case field.GREATER_OR_EQUAL:
      return compares((order) => order >= 0);
    case field.EQUAL:
      return isSame;
    case field.NOT_EQUAL:
      return (value) => !("nullValue" in value) && !isSame(value);
    case list.ARRAY_CONTAINS:
      return (value) => elements(value).some(isSame);
    case list.IN: {
      const any = values();
      return (value) => any.some((each) => equalValues(each, value));
    }
    case list.ARRAY_CONTAINS_ANY: {
      const any = values();
      return (value) => elements(value).some((element) => any.some((each) => equalValues(each, element)));
    }
    case list.NOT_IN: {
      if (demandList(op, wanted).some((each) => "nullValue" in each)) return () => false;
      const none = values();
      return (value) => !("nullValue" in value) && !none.some((each) => equalValues(each, value));
    }
    default:
      throw invalid("A field filter has no operator.");
  }
}

function demandList(op: number | undefined, value: Value): readonly Value[] {
  const most = op === list.NOT_IN ? 10 : 30;
  const values = "arrayValue" in value ? (value.arrayValue.values ?? []) : [];
  const name = Object.entries(list).find(([, number]) => number === op)?.[0] ?? "";
  if (values.length === 0) throw invalid(`'${name}' requires a non-empty array.`);
  if (values.length > most) throw invalid(`'${name}' supports up to ${most} comparison values.`);
  return values;
}

function invalid(message: string): ApiFault {
  return new ApiFault("INVALID_ARGUMENT", message);
}
