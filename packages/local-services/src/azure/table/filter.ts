import { compareValues, type EdmValue } from "./edm.ts";
import { tableFailure } from "./errors.ts";
import { type Token, tokens } from "./filter-tokens.ts";

/** `$filter` of Query Entities. https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities */
export type Filter =
  | { readonly is: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly is: "not"; readonly of: Filter }
  | { readonly is: "compare"; readonly op: Comparison; readonly name: string; readonly value: EdmValue };

type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le";

const mirrored = { eq: "eq", ne: "ne", gt: "lt", ge: "le", lt: "gt", le: "ge" } as const;

/** Throws `AzureFailure` InvalidInput where it is not a filter. */
export function parseFilter(text: string): Filter {
  const all = tokens(text);
  let at = 0;
  const peek = (): Token | undefined => all[at];
  const isWord = (word: string): boolean => {
    const token = peek();
    return token?.kind === "word" && token.text === word;
  };
  const next = (): Token => {
    const token = all[at++];
    if (token === undefined) throw tableFailure("InvalidInput");
    return token;
  };

  const or = (): Filter => {
    let left = and();
    while (isWord("or")) {
      at++;
      left = { is: "or", left, right: and() };
    }
    return left;
  };
  const and = (): Filter => {
    let left = unary();
    while (isWord("and")) {
      at++;
      left = { is: "and", left, right: unary() };
    }
    return left;
  };
  const unary = (): Filter => {
    if (isWord("not")) {
      at++;
      return { is: "not", of: unary() };
    }
    if (peek()?.kind !== "(") return comparison();
    at++;
    const inner = or();
    if (next().kind !== ")") throw tableFailure("InvalidInput");
    return inner;
  };
  const comparison = (): Filter => {
    const first = next();
    const op = peek();
    const isComparison = op?.kind === "word" && Object.hasOwn(mirrored, op.text);
    // A boolean property may stand alone.
    if (first.kind === "word" && !isComparison) return compare("eq", first.text, { type: "Boolean", value: true });
    if (!isComparison) throw tableFailure("InvalidInput");
    at++;
    const second = next();
    if (first.kind === "word" && second.kind === "value")
      return compare(op.text as Comparison, first.text, second.value);
    if (first.kind === "value" && second.kind === "word") {
      return compare(mirrored[op.text as Comparison], second.text, first.value);
    }
    throw tableFailure("InvalidInput");
  };

  const filter = or();
  if (at < all.length) throw tableFailure("InvalidInput");
  return filter;
}

const compare = (op: Comparison, name: string, value: EdmValue): Filter => ({ is: "compare", op, name, value });

/** Whether what `property` tells of an entity passes. A property that is missing, or of another type, compares with nothing. */
export function passes(filter: Filter, property: (name: string) => EdmValue | undefined): boolean {
  switch (filter.is) {
    case "and":
      return passes(filter.left, property) && passes(filter.right, property);
    case "or":
      return passes(filter.left, property) || passes(filter.right, property);
    case "not":
      return !passes(filter.of, property);
    case "compare": {
      const own = property(filter.name);
      const order = own === undefined ? undefined : compareValues(own, filter.value);
      return order !== undefined && holds[filter.op](order);
    }
  }
}

const holds: Readonly<Record<Comparison, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/** The one partition that every match is in, where the filter says so: it saves reading the others. */
export function partitionOf(filter: Filter): string | undefined {
  if (filter.is === "and") return partitionOf(filter.left) ?? partitionOf(filter.right);
  const names = filter.is === "compare" && filter.op === "eq" && filter.name === "PartitionKey";
  return names && filter.value.type === "String" ? String(filter.value.value) : undefined;
}
