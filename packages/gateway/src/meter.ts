/**
 * Counts and latencies of the last ten seconds, cheap enough for every request: ten slots of one second, each with a histogram whose
 * buckets are 1/32 of a power of two wide (at most 3 % off), after the idea of HdrHistogram.
 */
const SECONDS = 10;
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
export const BUCKETS = (32 - SUB_BITS) * SUB;

function bucketOf(micros: number): number {
  const v = micros > 0x7fffffff ? 0x7fffffff : micros | 0;
  const exponent = 31 - Math.clz32(v | 1);
  if (exponent < SUB_BITS) return v;
  return (exponent - SUB_BITS + 1) * SUB + ((v >>> (exponent - SUB_BITS)) & (SUB - 1));
}

/** The middle of a bucket, in microseconds. */
function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const width = 1 << (Math.floor(bucket / SUB) - 1);
  return (SUB + (bucket % SUB)) * width + width / 2;
}

export class Meter {
  readonly #startedAt: number;
  readonly #counts = new Float64Array(SECONDS);
  readonly #slots = Array.from({ length: SECONDS }, () => new Uint32Array(BUCKETS));
  #second: number;
  /** Since the start. */
  requests = 0;
  errors = 0;

  constructor(now: number) {
    this.#startedAt = now;
    this.#second = Math.floor(now / 1000);
  }

  /** One answer (or none): `tookMs` from the request's head until the answer's first byte, negative where there was none. */
  record(now: number, tookMs: number, isError: boolean): void {
    const slot = this.#slot(now);
    this.requests += 1;
    if (isError) this.errors += 1;
    this.#counts[slot]! += 1;
    if (tookMs >= 0) this.#slots[slot]![bucketOf(tookMs * 1000)]! += 1;
  }

  /** Requests in the window. */
  recent(now: number): number {
    this.#slot(now);
    return this.#counts.reduce((a, b) => a + b, 0);
  }

  perSecond(now: number): number {
    const window = SECONDS - 1 + (now / 1000 - Math.floor(now / 1000));
    const seconds = Math.max(Math.min(window, (now - this.#startedAt) / 1000), 0.001);
    return this.recent(now) / seconds;
  }

  /** Adds its histogram of the window to `into`. */
  addTo(into: Uint32Array, now: number): Uint32Array {
    this.#slot(now);
    for (const slot of this.#slots) for (let i = 0; i < BUCKETS; i++) into[i]! += slot[i]!;
    return into;
  }

  #slot(now: number): number {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      for (let s = Math.max(this.#second + 1, second - SECONDS + 1); s <= second; s++) {
        this.#counts[s % SECONDS] = 0;
        this.#slots[s % SECONDS]!.fill(0);
      }
      this.#second = second;
    }
    return second % SECONDS;
  }
}

/** Milliseconds below which the share `p` (0 to 1) of a histogram lies; 0 where it is empty. */
export function percentile(histogram: Uint32Array, p: number): number {
  let total = 0;
  for (const count of histogram) total += count;
  if (total === 0) return 0;
  const rank = Math.max(1, Math.ceil(total * p));
  let seen = 0;
  for (let i = 0; i < histogram.length; i++) {
    seen += histogram[i]!;
    if (seen >= rank) return middleOf(i) / 1000;
  }
  return 0;
}
