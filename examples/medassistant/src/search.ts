import { type Passage, terms } from "./passages.ts";

export interface Match {
  readonly passage: Passage;
  readonly score: number;
}

// The usual parameters of Okapi BM25: how fast repeated words stop counting, and how much long passages are held back.
const K1 = 1.2;
const B = 0.75;
const ANSWER_SENTENCES = 2;

/** The passages that fit a question best, best first (Okapi BM25). Passages that share no word with it are left out. */
export function search(question: string, passages: readonly Passage[], limit: number): Match[] {
  const weights = termWeights(question, passages);
  const averageLength = passages.reduce((sum, p) => sum + p.length, 0) / Math.max(1, passages.length);
  const score = (p: Passage) => {
    let sum = 0;
    for (const [word, weight] of weights) {
      const count = p.terms.get(word) ?? 0;
      sum += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * p.length) / averageLength));
    }
    return sum;
  };
  return passages
    .map((passage) => ({ passage, score: score(passage) }))
    .filter((m) => m.score > 0)
    .sort((a, b) => b.score - a.score || (a.passage.text < b.passage.text ? -1 : 1))
    .slice(0, limit);
}

/** The sentences of the two best passages that carry most of the question, in the passages' own words and order. */
export function extractAnswer(question: string, matches: readonly Match[], passages: readonly Passage[]): string {
  const weights = termWeights(question, passages);
  const sentences = matches.slice(0, 2).flatMap(({ passage }, rank) =>
    passage.text.split(/(?<=[.!?])\s+(?=[\p{Lu}\p{N}])/u).map((text, position) => {
      const worth = [...new Set(terms(text))].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
      return { text, rank, position, worth };
    }),
  );
  // A sentence that says much less than the best one only distracts.
  const enough = Math.max(0, ...sentences.map((s) => s.worth)) / 2;
  return sentences
    .filter((s) => s.worth > enough)
    .sort((a, b) => b.worth - a.worth || a.rank - b.rank || a.position - b.position)
    .slice(0, ANSWER_SENTENCES)
    .sort((a, b) => a.rank - b.rank || a.position - b.position)
    .map((s) => s.text)
    .join(" ");
}

/** How much each word of the question says: the fewer passages have it, the more (inverse document frequency). */
function termWeights(question: string, passages: readonly Passage[]): ReadonlyMap<string, number> {
  return new Map(
    [...new Set(terms(question))].map((word) => {
      const found = passages.filter((p) => p.terms.has(word)).length;
      return [word, Math.log(1 + (passages.length - found + 0.5) / (found + 0.5))];
    }),
  );
}
