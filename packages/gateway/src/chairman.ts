/**
 * Exact proportional assignment: at every count n, each seat has been assigned within one of its share n * weight / total.
 * This is Tijdeman's algorithm for the chairman assignment problem (Discrete Mathematics 32, 1980, 323-330), whose deviation is
 * at most 1 - 1/(2k - 2) for k seats, the best that any on-line rule can promise. All arithmetic is on whole numbers, so that
 * nothing drifts, however many are assigned.
 */
export interface Chairman {
  /** The seat of the next one: an index into the weights. */
  next(): number;
}

/** Most parts of one weight and most seats: their products stay exact in a double. */
const MAX_PARTS = 1_000_000;
const MAX_SEATS = 64;

/** `parts` are whole, above 0, from `toParts`. */
export function createChairman(parts: readonly number[]): Chairman {
  const seats = parts.length;
  if (seats === 1) return { next: () => 0 };
  const total = parts.reduce((sum, part) => sum + part, 0);
  const scale = 2 * seats - 2;
  // What each seat is owed, in units of 1/total: the share of all that were assigned, minus what it got.
  const owed = new Float64Array(seats);
  return {
    next() {
      let best = -1;
      let bestSlack = 0;
      let bestPart = 1;
      for (let i = 0; i < seats; i++) {
        const part = parts[i]!;
        const due = (owed[i]! += part) * scale;
        if (due < total) continue;
        // Who would first be owed too much goes first: slack / part is the time that is left, compared without division.
        const slack = total * (scale - 1) - due;
        if (best === -1 || slack * bestPart < bestSlack * part) {
          best = i;
          bestSlack = slack;
          bestPart = part;
        }
      }
      owed[best]! -= total;
      return best;
    },
  };
}

/**
 * Weights as whole numbers in lowest terms, with the same proportions: 33.3 and 66.6 become 1 and 2. At most three decimals count.
 * `undefined` where they do not fit: a weight that is not finite or below 0, more than 64 of them, or more than 1,000,000 parts in one.
 */
export function toParts(weights: readonly number[]): readonly number[] | undefined {
  if (weights.length > MAX_SEATS || weights.some((w) => !Number.isFinite(w) || w < 0)) return undefined;
  const whole = weights.map((w) => Math.round(w * 1000));
  const divisor = whole.reduce(gcd, 0);
  const parts = divisor === 0 ? whole : whole.map((w) => w / divisor);
  return parts.every((part) => part <= MAX_PARTS) ? parts : undefined;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
