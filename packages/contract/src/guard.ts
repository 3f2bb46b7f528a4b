import { type Classify, codeOf, isTrimaranError, TrimaranError } from "./errors.ts";

/**
 * Put around every driver at the door: the one place where a vendor's error becomes ours.
 * Promises and async iterables that a method returns are covered; errors in the middle of a body are the port's.
 */
export function guard<D extends { readonly id: string }>(
  driver: D,
  classify: Classify,
  resource: string,
  home?: string,
): D {
  const ours = (e: unknown, op: string) =>
    isTrimaranError(e)
      ? e
      : new TrimaranError(codeOf(e, classify), `${driver.id} ${op} ${resource}`, {
          cause: e,
          at: { driver: driver.id, op, resource, ...(home === undefined ? {} : { home }) },
        });
  return new Proxy(driver, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      const op = String(name);
      return (...args: unknown[]) => {
        const out: unknown = member.apply(target, args);
        if (out instanceof Promise) {
          return out.catch((e: unknown) => {
            throw ours(e, op);
          });
        }
        return isAsyncIterable(out) ? rethrow(out, (e) => ours(e, op)) : out;
      };
    },
  });
}

function isAsyncIterable(x: unknown): x is AsyncIterable<unknown> {
  return typeof x === "object" && x !== null && Symbol.asyncIterator in x;
}

async function* rethrow<T>(items: AsyncIterable<T>, ours: (e: unknown) => unknown): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (e) {
    throw ours(e);
  }
}
