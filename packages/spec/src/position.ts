import type { Finding, Span } from "./problem.ts";
import { locate, type Tree } from "./tree.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Line and column (from 1) of findings in one text. */
export function placesIn(text: string): (finding: Finding, tree: Tree) => Place {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (finding, tree) => placeOf(finding.at ?? locate(tree, finding.path, finding.atKey ?? false));

  function placeOf(span: Span): Place {
    const start = Math.min(Math.max(span.start, 0), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= start) low = middle;
      else high = middle - 1;
    }
    const lineEnd = (starts[low + 1] ?? text.length + 1) - 1;
    const length = Math.max(1, Math.min(span.end, lineEnd) - start);
    return { line: low + 1, column: start - starts[low]! + 1, length };
  }
}
