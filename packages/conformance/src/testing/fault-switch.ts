import type { Fault } from "../faults/fault.ts";

export interface Switch {
  set(fault: Fault | undefined): void;
  /** The fault that strikes the request that has just come, if one does. */
  next(): Fault | undefined;
  /** Ends a request that was held, when the fault is taken away. */
  hold(end: () => void): void;
}

/** Counts requests, so that a fault strikes every so many, and so often. */
export function makeSwitch(): Switch {
  let fault: Fault | undefined;
  let requests = 0;
  let struck = 0;
  const held = new Set<() => void>();
  return {
    set(next) {
      fault = next;
      requests = 0;
      struck = 0;
      for (const end of held) end();
      held.clear();
    },
    next() {
      if (fault === undefined) return undefined;
      const every = fault.what === "lost" ? fault.every : 1;
      const times = "times" in fault && fault.times !== undefined ? fault.times : Number.POSITIVE_INFINITY;
      if (++requests % every !== 0 || struck >= times) return undefined;
      struck++;
      return fault;
    },
    hold: (end) => void held.add(end),
  };
}
