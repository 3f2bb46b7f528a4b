import type { Page } from "./drivers.ts";

/** A page of the names under a prefix, in order: for services that list all names in an order of their own. */
export function namesPage(
  all: readonly string[],
  prefix: string,
  q: { readonly after?: string; readonly limit: number },
): Page<{ readonly name: string }> {
  const { after, limit } = q;
  const rest = all
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => after === undefined || name > after)
    .sort();
  const items = rest.slice(0, limit).map((name) => ({ name }));
  const last = items.at(-1)?.name;
  return { items, ...(rest.length > limit && last !== undefined ? { next: last } : {}) };
}
