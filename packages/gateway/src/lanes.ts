/**
 * Time limits without a timer per request: all limits of one length stand in one list, in the order in which they run out,
 * and one ticking timer looks at the heads. Joining and leaving cost a few pointer writes; a limit fires up to one tick late.
 */
export interface Timed {
  deadline: number;
  before: Timed | null;
  after: Timed | null;
  lane: Lane | null;
  /** It is on no lane any more when this is called. */
  expired(now: number): void;
}

export class Lane {
  readonly limitMs: number;
  head: Timed | null = null;
  #tail: Timed | null = null;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  join(item: Timed, now: number): void {
    item.deadline = now + this.limitMs;
    item.lane = this;
    item.before = this.#tail;
    item.after = null;
    if (this.#tail) this.#tail.after = item;
    else this.head = item;
    this.#tail = item;
  }

  leave(item: Timed): void {
    if (item.before) item.before.after = item.after;
    else this.head = item.after;
    if (item.after) item.after.before = item.before;
    else this.#tail = item.before;
    item.before = item.after = item.lane = null;
  }
}

export interface Lanes {
  /** The lane of limits of this length, shared by all who ask. */
  of(limitMs: number): Lane;
  tick(): void;
  /** Everyone who waits, on any lane; a copy, so that they may leave meanwhile. */
  waiting(): readonly Timed[];
  stop(): void;
}

const TICK_MS = 25;

export function createLanes(now: () => number): Lanes {
  const lanes = new Map<number, Lane>();
  const timer = setInterval(() => tick(), TICK_MS);
  timer.unref();
  function tick(): void {
    const at = now();
    for (const lane of lanes.values()) {
      while (lane.head && lane.head.deadline <= at) {
        const item = lane.head;
        lane.leave(item);
        item.expired(at);
      }
    }
  }
  return {
    of(limitMs) {
      let lane = lanes.get(limitMs);
      if (!lane) lanes.set(limitMs, (lane = new Lane(limitMs)));
      return lane;
    },
    tick,
    waiting() {
      const all: Timed[] = [];
      for (const lane of lanes.values()) for (let item = lane.head; item; item = item.after) all.push(item);
      return all;
    },
    stop: () => clearInterval(timer),
  };
}
