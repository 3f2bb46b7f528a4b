/** What goes wrong between a driver and its service, until it is taken away. */
export type Fault =
  /** The vendor's own answer to too many requests, or to credentials that are too old. */
  | { readonly what: "throttled" | "expired"; readonly times?: number }
  /** The answer's connection ends after so many bytes of its body: with a reset, or as if that were all. */
  | { readonly what: "reset" | "truncated"; readonly afterBytes: number }
  /** The connection is reset after so many bytes of a request's body. */
  | { readonly what: "cut"; readonly afterBytes: number }
  /** Requests arrive, answers never come. */
  | { readonly what: "silent" }
  /** Requests arrive and are carried out; of every `every`th the answer is lost with its connection. At most `times`. */
  | { readonly what: "lost"; readonly every: number; readonly times?: number };

/** A place between driver and service where things can go wrong. */
export interface Faults<D> {
  /** A driver, with `guard` around it, that reaches the service through that place. It sees the same data as `Harness.make` does. */
  make(): Promise<D>;
  /** From now on; `undefined` for nothing more. What was held back then ends. */
  set(fault: Fault | undefined): void;
  /** Sets the service's clock so far from ours. Left out where nobody can. */
  readonly skew?: (ms: number) => void;
}
