/** One paragraph of a document, ready to be searched. */
export interface Passage {
  readonly document: string;
  readonly heading: string;
  readonly text: string;
  readonly terms: ReadonlyMap<string, number>;
  readonly length: number;
}

const STOP_WORDS = new Set(
  "a an and are as at be by can do does for from had has have how i if in is it its many may me might much my no not of on or our per should so than that the their them then there these they this to was we were what when where which who why will with you your".split(
    " ",
  ),
);

/** Lower-case words without endings and without words that say nothing. */
export function terms(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .match(/[\p{L}\p{N}]+(?:\.\p{N}+)?/gu) ?? [];
  return words.filter((w) => !STOP_WORDS.has(w)).map(stem);
}

/** A few English endings are enough to let "tablets" find "tablet". */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith("ed")) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith("s") && !word.endsWith("ss")) return word.slice(0, -1);
  return word;
}

/** Splits a Markdown document at blank lines; the nearest heading above counts as part of each paragraph. */
export function passagesOf(document: string, markdown: string): Passage[] {
  const passages: Passage[] = [];
  let heading = document;
  for (const block of markdown.split(/\r?\n\s*\r?\n/)) {
    const text = block.trim();
    if (text === "") continue;
    if (text.startsWith("#")) {
      heading = text.replace(/^#+\s*/, "");
      continue;
    }
    const words = terms(`${heading} ${text}`);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    passages.push({ document, heading, text: text.replace(/\s+/g, " "), terms: counts, length: words.length });
  }
  return passages;
}
