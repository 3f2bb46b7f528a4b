import type { Finding, Span } from "./problem.ts";
import { locate, type Tree } from "./tree.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Line and column (from 1) of findings in one text. */
export function placesIn(text: string): (finding: Finding, tree: Tree) => Place {
  const placeOf = spansIn(text);
  return (finding, tree) => placeOf(finding.at ?? locate(tree, finding.path, finding.atKey ?? false));
}

/** Line and column of spans; the text is searched for its lines once, when the first is asked for. */
export function spansIn(text: string): (span: Span) => Place {
  let starts: readonly number[] | undefined;
  return (span) => {
    starts ??= lineStarts(text);
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
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
