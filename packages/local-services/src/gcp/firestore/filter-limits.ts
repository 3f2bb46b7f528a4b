import { ApiFault } from "../faults.ts";
import type { Filter } from "./messages.ts";

const most = 30;
const op = { NOT_EQUAL: 6, ARRAY_CONTAINS: 7, IN: 8, ARRAY_CONTAINS_ANY: 9, NOT_IN: 10 } as const;

/** What the service does not take in one query: https://cloud.google.com/firestore/docs/query-data/queries#query_limitations */
export function demandWithinLimits(filter: Filter): void {
  const all = leaves(filter);
  const has = (...ops: readonly number[]) => all.some(({ fieldFilter }) => ops.includes(fieldFilter?.op ?? 0));
  if (has(op.NOT_IN) && (has(op.IN, op.ARRAY_CONTAINS_ANY) || hasOr(filter))) {
    throw refused("'NOT_IN' cannot be used in the same query with 'IN', 'ARRAY_CONTAINS_ANY' or 'OR'.");
  }
  const negative = all.filter(
    ({ fieldFilter, unaryFilter }) =>
      [op.NOT_EQUAL, op.NOT_IN].includes((fieldFilter?.op ?? 0) as 6) || (unaryFilter?.op ?? 0) > 3,
  );
  if (negative.length > 1) {
    throw refused("Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.");
  }
  const { disjunctions, contains } = normalized(filter);
  if (contains > 1) throw refused("A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.");
  if (disjunctions > most) {
    const result = `Result had ${disjunctions} disjunctions which is more than the maximum of ${most}`;
    throw refused(`Too many disjunctions after normalization. ${result}`);
  }
}

function leaves(filter: Filter): readonly Filter[] {
  return filter.compositeFilter === undefined ? [filter] : (filter.compositeFilter.filters ?? []).flatMap(leaves);
}

function hasOr({ compositeFilter }: Filter): boolean {
  if (compositeFilter === undefined) return false;
  const { op: operator, filters = [] } = compositeFilter;
  return (operator === 2 && filters.length > 1) || filters.some(hasOr);
}

/** How many branches the filter has in disjunctive normal form, and the most array-contains that one of them has. */
function normalized({ compositeFilter, fieldFilter }: Filter): { disjunctions: number; contains: number } {
  if (compositeFilter !== undefined) {
    const parts = (compositeFilter.filters ?? []).map(normalized);
    const isOr = compositeFilter.op === 2;
    return {
      disjunctions: parts.reduce((sum, { disjunctions: n }) => (isOr ? sum + n : sum * n), isOr ? 0 : 1),
      contains: parts.reduce((sum, { contains: n }) => (isOr ? Math.max(sum, n) : sum + n), 0),
    };
  }
  const isList = fieldFilter?.op === op.IN || fieldFilter?.op === op.ARRAY_CONTAINS_ANY;
  const value = fieldFilter?.value;
  const values = isList && value !== undefined && "arrayValue" in value ? (value.arrayValue.values ?? []) : [];
  return { disjunctions: Math.max(1, values.length), contains: fieldFilter?.op === op.ARRAY_CONTAINS ? 1 : 0 };
}

function refused(message: string): ApiFault {
  return new ApiFault("INVALID_ARGUMENT", message);
}
