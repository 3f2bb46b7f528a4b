/**
 * How many requests may be tried again: a share of the first attempts of the last ten seconds, or `floor` where that is more,
 * so that retries never double the load on sites that are already in trouble.
 */
export interface RetryBudget {
  first(now: number): void;
  /** False: spent. */
  take(now: number): boolean;
  limits(share: number, floor: number): void;
}

const SECONDS = 10;

export function createRetryBudget(share: number, floor: number): RetryBudget {
  const firsts = new Float64Array(SECONDS);
  const retries = new Float64Array(SECONDS);
  let second = -1;
  function slot(now: number): number {
    const at = Math.floor(now / 1000);
    if (at !== second) {
      // Slots of the seconds that passed without a request count for nothing.
      for (let s = Math.max(second + 1, at - SECONDS + 1); s <= at; s++) firsts[s % SECONDS] = retries[s % SECONDS] = 0;
      second = at;
    }
    return at % SECONDS;
  }
  const sum = (all: Float64Array) => all.reduce((a, b) => a + b, 0);
  return {
    first(now) {
      firsts[slot(now)]! += 1;
    },
    take(now) {
      const at = slot(now);
      if (sum(retries) >= Math.max(floor, share * sum(firsts))) return false;
      retries[at]! += 1;
      return true;
    },
    limits(newShare, newFloor) {
      share = newShare;
      floor = newFloor;
    },
  };
}
