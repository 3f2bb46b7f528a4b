/** Insertions, deletions, replacements and swaps of neighbours between two short texts (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The known name that `written` most likely means, or undefined where none is near. Case, `-` and `_` count for nothing. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (written.length > 64) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, "");
  const wanted = plain(written);
  if (wanted === "") return undefined;
  const ranked = known
    .map((name) => ({ name, distance: editDistance(wanted, plain(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3)))
    .sort((a, b) => a.distance - b.distance);
  if (ranked[0] !== undefined) return ranked[0].name;
  return known.find((name) => {
    const [short, long] = [plain(name), wanted].sort((a, b) => a.length - b.length) as [string, string];
    return short.length >= 3 && long.startsWith(short);
  });
}
