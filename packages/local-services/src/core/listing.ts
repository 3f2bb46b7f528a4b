import { afterPrefix, compareBytes, justAfter, startsWith, toBytes, toText } from "./bytes.ts";

export interface ListQuery {
  readonly prefix?: string;
  readonly after?: string;
  readonly from?: string;
  readonly delimiter?: string;
  readonly limit: number;
}

/**
 * Walks keys in order and rolls those that share a prefix up to the delimiter into one, jumping over them.
 * `walk` yields rows from a key on, as lazily as it can: it is left after every jump.
 */
export function listPage<Row extends { readonly key: Uint8Array }>(
  q: ListQuery,
  walk: (from: Uint8Array) => Iterable<Row>,
): { readonly rows: readonly Row[]; readonly prefixes: readonly string[]; readonly next?: string } {
  const prefix = toBytes(q.prefix ?? "");
  const delimiter = q.delimiter === undefined || q.delimiter === "" ? undefined : Buffer.from(q.delimiter);
  const rows: Row[] = [];
  const prefixes: string[] = [];
  let last = "";
  let at: Uint8Array | undefined = start(q, prefix, delimiter);

  scan: while (at !== undefined) {
    let jump: Uint8Array | undefined;
    for (const row of walk(at)) {
      if (!startsWith(row.key, prefix)) break scan;
      if (rows.length + prefixes.length >= q.limit) return { rows, prefixes, ...(last === "" ? {} : { next: last }) };
      const group = rolled(row.key, prefix.length, delimiter);
      if (group === undefined) {
        rows.push(row);
        last = toText(row.key);
        continue;
      }
      last = toText(group);
      prefixes.push(last);
      jump = group;
      break;
    }
    at = jump === undefined ? undefined : afterPrefix(jump);
  }
  return { rows, prefixes };
}

function start(q: ListQuery, prefix: Uint8Array, delimiter: Buffer | undefined): Uint8Array | undefined {
  let at = prefix;
  const raise = (to: Uint8Array) => {
    if (compareBytes(to, at) > 0) at = to;
  };
  if (q.from !== undefined) raise(toBytes(q.from));
  if (q.after === undefined || q.after === "") return at;
  const after = toBytes(q.after);
  const group = startsWith(after, prefix) ? rolled(after, prefix.length, delimiter) : undefined;
  if (group === undefined || group.length !== after.length) {
    raise(justAfter(after));
    return at;
  }
  const beyond = afterPrefix(group);
  if (beyond === undefined) return undefined;
  raise(beyond);
  return at;
}

/** The part of the key up to and with the first delimiter past the prefix. */
function rolled(key: Uint8Array, skip: number, delimiter: Buffer | undefined): Uint8Array | undefined {
  if (delimiter === undefined) return undefined;
  const found = Buffer.from(key.buffer, key.byteOffset, key.byteLength).indexOf(delimiter, skip);
  return found < 0 ? undefined : key.subarray(0, found + delimiter.length);
}
