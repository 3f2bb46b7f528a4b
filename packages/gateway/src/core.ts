import type { GatewayConfig } from "@trimaran/contract";
import type { RetryBudget } from "./budget.ts";
import type { Lane } from "./lanes.ts";
import type { Router } from "./router.ts";
import type { Site, Target } from "./state.ts";

/** What a request meets on its way: one for the whole gateway. */
export interface Core {
  readonly router: Router;
  readonly budget: RetryBudget;
  /** The limits in force, replaced as a whole with the configuration. */
  lanes: CoreLanes;
  config: GatewayConfig;
  isDraining: boolean;
  /** Since the start. */
  retries: number;
  readonly isTls: boolean;
  now(): number;
  newTrace(): string;
  target(site: string, id: string): Target | undefined;
  /** One answer; `site` is missing where there was nobody to ask; `tookMs` is negative where there was no answer. */
  count(site: Site | undefined, now: number, tookMs: number, isError: boolean): void;
}

export interface CoreLanes {
  readonly firstByte: Lane;
  readonly request: Lane;
  /** For requests that wait for the retry budget or for another target. */
  readonly again: Lane;
  readonly slowClient: Lane;
}

/** Safe to send twice: RFC 9110, 9.2.2. */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
export const isIdempotent = (method: string): boolean => idempotent.has(method);
