import type { GatewayConfig } from "@trimaran/contract";

type HealthSettings = GatewayConfig["health"];

const SECONDS = 10;
const MIN_SAMPLE = 20;
/** Share of answers slower than `latencyMs` above which a target is out. */
const SLOW_SHARE = 0.5;

/**
 * Whether a target is fit for traffic, from what the checks say (active) and what the requests meet (passive).
 * A target that is new counts as fit until its first check: who configures it has waited for it.
 */
export class Vitals {
  healthy = true;
  because: string | undefined;
  readonly #changed: (healthy: boolean, because: string | undefined) => void;
  #settings: HealthSettings;
  #wasEverFit = false;
  #failedChecks = 0;
  #passedChecks = 0;
  #failedRequests = 0;
  #ejections = 0;
  #heldUntil = 0;
  #fitSince = 0;
  #second = 0;
  readonly #total = new Float64Array(SECONDS);
  readonly #errors = new Float64Array(SECONDS);
  readonly #slow = new Float64Array(SECONDS);

  /** `changed` is called after every ejection and readmission. */
  constructor(settings: HealthSettings, changed: (healthy: boolean, because: string | undefined) => void) {
    this.#settings = settings;
    this.#changed = changed;
  }

  configure(settings: HealthSettings): void {
    this.#settings = settings;
  }

  /** A request was answered. `isError`: the answer speaks of a sick instance. `isSlow`: by `latencyMs`. */
  answered(now: number, isError: boolean, isSlow: boolean): void {
    this.#failedRequests = 0;
    const slot = this.#slot(now);
    this.#total[slot]! += 1;
    if (!isError && !isSlow) return;
    if (isError) this.#errors[slot]! += 1;
    if (isSlow) this.#slow[slot]! += 1;
    if (!this.healthy) return;
    const total = sum(this.#total);
    if (total < MIN_SAMPLE) return;
    if (sum(this.#errors) > total * this.#settings.errors) this.#eject(now, "5xx share");
    else if (sum(this.#slow) > total * SLOW_SHARE) this.#eject(now, "latency");
  }

  /** A request got no answer: "connect", "certificate", "reset" or "timeout". */
  failed(now: number, because: string): void {
    this.#failedRequests += 1;
    if (this.healthy && this.#failedRequests >= this.#settings.failures) this.#eject(now, because);
  }

  /** A check's outcome; `because` where it failed. */
  checked(now: number, because: string | undefined): void {
    if (because !== undefined) {
      this.#passedChecks = 0;
      this.#failedChecks += 1;
      if (!this.healthy) this.because = because;
      else if (!this.#wasEverFit || this.#failedChecks >= this.#settings.failures) this.#out(because);
      return;
    }
    this.#failedChecks = 0;
    this.#passedChecks += 1;
    if (this.healthy) {
      this.#wasEverFit = true;
      if (now - this.#fitSince > 10 * this.#settings.intervalMs) this.#ejections = 0;
      return;
    }
    const needed = this.#wasEverFit ? Math.min(2, this.#settings.failures) : 1;
    if (this.#passedChecks >= needed && now >= this.#heldUntil) this.#readmit(now);
  }

  /**
   * Requests may suffer from what a check does not see; so a target that they put out stays out for an interval, and for longer when
   * it happens again, but never so long that a healed one needs more than `failures` intervals to be back.
   */
  #eject(now: number, because: string): void {
    const { intervalMs, failures } = this.#settings;
    this.#ejections += 1;
    const intervals = Math.min(2 ** (this.#ejections - 1), Math.max(1, failures - 1));
    this.#heldUntil = because === "connect" ? now : now + intervals * intervalMs;
    this.#out(because);
  }

  #out(because: string): void {
    this.healthy = false;
    this.because = because;
    this.#passedChecks = 0;
    this.#changed(false, because);
  }

  #readmit(now: number): void {
    this.healthy = this.#wasEverFit = true;
    this.because = undefined;
    this.#failedRequests = this.#failedChecks = 0;
    this.#fitSince = now;
    for (const counts of [this.#total, this.#errors, this.#slow]) counts.fill(0);
    this.#changed(true, undefined);
  }

  #slot(now: number): number {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      for (let s = Math.max(this.#second + 1, second - SECONDS + 1); s <= second; s++) {
        this.#total[s % SECONDS] = this.#errors[s % SECONDS] = this.#slow[s % SECONDS] = 0;
      }
      this.#second = second;
    }
    return second % SECONDS;
  }
}

function sum(counts: Float64Array): number {
  let all = 0;
  for (const count of counts) all += count;
  return all;
}
