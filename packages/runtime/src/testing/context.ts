import type { PortContext } from "../limits.ts";

/** For tests of a port: no delay between repetitions. */
export const context: PortContext = { resource: "test", classify: () => undefined, now: Date.now, random: () => 0 };

/** Fails `times` times with `error`, then does what `sound` does. Counts the calls. */
export function failing<A extends unknown[], T>(
  times: number,
  error: () => unknown,
  sound: (...args: A) => Promise<T>,
): { readonly call: (...args: A) => Promise<T>; calls(): number } {
  let calls = 0;
  return {
    calls: () => calls,
    async call(...args) {
      if (++calls <= times) throw error();
      return sound(...args);
    },
  };
}
