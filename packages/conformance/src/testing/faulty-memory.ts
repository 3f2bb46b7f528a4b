import { setTimeout as sleep } from "node:timers/promises";
import { type Driver, TrimaranError } from "@trimaran/contract";
import type { Fault, Faults } from "../faults/fault.ts";
import { makeSwitch } from "./fault-switch.ts";

/** How a driver says what went wrong; a sound one says it like this. */
export const soundCodes = { throttled: "quota_exhausted", expired: "unauthenticated", broken: "unavailable" } as const;

/** Faults for a driver that has no connection: its calls end as they would with one. `wrong` is what a broken driver makes of them. */
export function memoryFaults<D extends Driver<string>>(
  make: () => D,
  wrong: {
    readonly codes?: Partial<Record<keyof typeof soundCodes, string>>;
    readonly sendsAgain?: boolean;
    readonly isDeaf?: boolean;
  } = {},
): Faults<D> {
  const faults = makeSwitch();
  const codes = { ...soundCodes, ...wrong.codes } as typeof soundCodes;
  const failed = (code: keyof typeof soundCodes) => new TrimaranError(codes[code], "a fault");
  const suffer = async (fault: Fault | undefined, signal: AbortSignal, run: () => Promise<unknown>) => {
    if (fault?.what === "throttled" || fault?.what === "expired") throw failed(fault.what);
    if (fault?.what === "silent") {
      await new Promise<never>((_resolve, reject) => {
        if (wrong.isDeaf !== true) signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    if (fault?.what === "cut") throw failed("broken");
    await sleep(1); // A turn for others, between the request and its arrival.
    const out = await run();
    if (fault === undefined) return out;
    // The answer of what was carried out is lost; what sends it again meets what it did itself.
    if (fault.what === "lost" && wrong.sendsAgain === true) return run();
    throw failed("broken");
  };
  return {
    set: faults.set,
    skew: () => {},
    make: async () =>
      new Proxy(make(), {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== "function" || name === "close") return member;
          return (...args: unknown[]) => {
            const { signal } = args.at(-1) as { readonly signal: AbortSignal };
            return suffer(faults.next(), signal, async () => member.apply(target, args));
          };
        },
      }),
  };
}
